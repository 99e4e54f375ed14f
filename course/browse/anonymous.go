package browse

import (
	"bytes"
	"encoding/json"
)

// anonymous returns a statement without what tells who somebody is: names, addresses and accounts elsewhere of all agents,
// and, of what other systems stored, all accounts and extensions, in which they write what they like. In the platform's own
// statements its random accounts stay. Numbers and the order of members are kept. It reports whether something was taken out.
func anonymous(raw json.RawMessage, home string) (json.RawMessage, bool) {
	a := anonymiser{dec: json.NewDecoder(bytes.NewReader(raw)), home: home, platform: ours(raw, home)}
	a.dec.UseNumber()
	if !a.value("") {
		return json.RawMessage("{}"), true
	}
	return a.out.Bytes(), a.trimmed
}

// ours reports whether the platform or a learner's browser has stored a statement: then its extensions are the platform's.
func ours(raw json.RawMessage, home string) bool {
	var st struct {
		Authority struct {
			Account struct {
				HomePage string `json:"homePage"`
			} `json:"account"`
		} `json:"authority"`
	}
	return json.Unmarshal(raw, &st) == nil && st.Authority.Account.HomePage == home
}

type anonymiser struct {
	dec      *json.Decoder
	out      bytes.Buffer
	home     string
	platform bool
	trimmed  bool
}

// value copies the next value, which is the member key of an object, and reports whether it could be read.
func (a *anonymiser) value(key string) bool {
	t, err := a.dec.Token()
	if err != nil {
		return false
	}
	switch d := t.(type) {
	case json.Delim:
		if d == '[' {
			return a.array(key)
		}
		return a.object(key)
	default:
		return a.write(t)
	}
}

func (a *anonymiser) write(v any) bool {
	b, err := json.Marshal(v)
	a.out.Write(b)
	return err == nil
}

func (a *anonymiser) array(key string) bool {
	a.out.WriteByte('[')
	for first := true; a.dec.More(); first = false {
		if !first {
			a.out.WriteByte(',')
		}
		if !a.value(key) {
			return false
		}
	}
	_, err := a.dec.Token()
	a.out.WriteByte(']')
	return err == nil
}

func (a *anonymiser) object(within string) bool {
	a.out.WriteByte('{')
	first := true
	for a.dec.More() {
		t, err := a.dec.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return false
		}
		before := a.out.Len()
		if !first {
			a.out.WriteByte(',')
		}
		a.write(key)
		a.out.WriteByte(':')
		from := a.out.Len()
		if !a.value(key) {
			return false
		}
		if a.tells(within, key, a.out.Bytes()[from:]) {
			a.out.Truncate(before)
			a.trimmed = true
			continue
		}
		first = false
	}
	_, err := a.dec.Token()
	a.out.WriteByte('}')
	return err == nil
}

// tells reports whether a member may say who somebody is. within is the key of the object that it is in.
func (a *anonymiser) tells(within, key string, value []byte) bool {
	switch key {
	case "mbox", "mbox_sha1sum", "openid":
		return true
	case "name":
		return within != "account" && len(value) > 0 && value[0] == '"' // those of activities are maps
	case "account":
		var acc struct {
			HomePage string `json:"homePage"`
		}
		return !a.platform || json.Unmarshal(value, &acc) != nil || acc.HomePage != a.home
	case "extensions":
		return !a.platform
	case "attachments", "platform":
		return !a.platform
	}
	return false
}

package xapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// member is one of a JSON object, with its value as it was written.
type member struct {
	key   string
	value json.RawMessage
}

// membersOf reads an object's members in their order. Of a key that is there twice the last one counts.
func membersOf(raw []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	t, err := d.Token()
	if err != nil {
		return nil, fmt.Errorf("xapi: %w", err)
	}
	if t != json.Delim('{') {
		return nil, errors.New("xapi: this is no JSON object")
	}
	var list []member
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("xapi: %w", err)
		}
		key, _ := t.(string)
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("xapi: %w", err)
		}
		list = setMember(list, key, value)
	}
	if _, err := d.Token(); err != nil {
		return nil, fmt.Errorf("xapi: %w", err)
	}
	return list, nil
}

// setMember replaces the value of a key, or adds it at the end.
func setMember(list []member, key string, value json.RawMessage) []member {
	if i := slices.IndexFunc(list, func(m member) bool { return m.key == key }); i >= 0 {
		list[i].value = value
		return list
	}
	return append(list, member{key, value})
}

func valueOf(list []member, key string) json.RawMessage {
	if i := slices.IndexFunc(list, func(m member) bool { return m.key == key }); i >= 0 {
		return list[i].value
	}
	return nil
}

func appendMembers(b []byte, list []member) []byte {
	b = append(b, '{')
	for i, m := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(quote(b, m.key), ':'), m.value...)
	}
	return append(b, '}')
}

// MergeObjects returns the JSON object old with the top-level members of posted set in it; values stay as they were
// written. Communication §2.2
func MergeObjects(old, posted []byte) (json.RawMessage, error) {
	list, err := membersOf(old)
	if err != nil {
		return nil, err
	}
	more, err := membersOf(posted)
	if err != nil {
		return nil, err
	}
	for _, m := range more {
		list = setMember(list, m.key, m.value)
	}
	return appendMembers(make([]byte, 0, len(old)+len(posted)), list), nil
}

// ActivityDefinition is the definition of an activity as a statement has it.
type ActivityDefinition struct {
	Activity string // IRI
	JSON     json.RawMessage
}

// MergeDefinitions adds to what is known of an activity what another definition says: languages and extensions one by
// one, an interaction as a whole, all else by the newer one. Communication §2.5
func MergeDefinitions(old, newer json.RawMessage) (json.RawMessage, error) {
	list, err := membersOf(old)
	if err != nil {
		return nil, err
	}
	more, err := membersOf(newer)
	if err != nil {
		return nil, err
	}
	if valueOf(more, "interactionType") != nil {
		list = slices.DeleteFunc(list, func(m member) bool {
			switch m.key {
			case "interactionType", "correctResponsesPattern", "choices", "scale", "source", "target", "steps":
				return true
			}
			return false
		})
	}
	for _, m := range more {
		was := valueOf(list, m.key)
		switch m.key {
		case "name", "description", "extensions":
			if was == nil {
				break
			}
			if m.value, err = MergeObjects(was, m.value); err != nil {
				return nil, err
			}
		}
		list = setMember(list, m.key, m.value)
	}
	return appendMembers(make([]byte, 0, len(old)+len(newer)), list), nil
}

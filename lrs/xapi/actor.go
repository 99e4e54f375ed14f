package xapi

import "strings"

type actorKind uint8

const (
	either    actorKind = iota // Agent or Group
	onlyAgent                  // a member, a context agent
	onlyGroup                  // a team, a context group
)

// who is an actor that has been read.
type who struct {
	identity string   // "" of an anonymous group
	all      []string // its own and its members' identities
	group    bool
	members  int // -1: no member property
}

// Identity returns how an agent is known by its account: one of the four inverse functional identifiers in one string.
// Data §2.4.2.3
func Identity(homePage, name string) string { return "account " + homePage + " " + name }

// SplitIdentity returns homePage and name of an identity by account.
func SplitIdentity(identity string) (homePage, name string, ok bool) {
	rest, ok := strings.CutPrefix(identity, "account ")
	if !ok {
		return "", "", false
	}
	return strings.Cut(rest, " ") // an IRI has no space
}

func (p *parser) relate(a who) { p.out.RelatedAgents = append(p.out.RelatedAgents, a.all...) }

func (p *parser) actor(n int, k actorKind) (who, error) {
	const clause = "Data §2.4.2"
	a := who{members: -1}
	if err := p.want(n, object, clause); err != nil {
		return a, err
	}
	if c := p.member(n, "objectType"); c != 0 {
		s, err := p.textOf(c, clause, "Agent or Group", func(s string) bool { return s == "Agent" || s == "Group" })
		if err != nil {
			return a, err
		}
		a.group = s == "Group"
	}
	switch {
	case k == onlyAgent && a.group:
		return a, p.fail(n, "Data §2.4.2.2", "an Agent is needed here, not a Group")
	case k == onlyGroup && !a.group:
		return a, p.fail(n, "Data §2.4.6", "a Group is needed here, with its objectType")
	}
	ids, at := 0, n
	err := p.each(n, clause, func(key string, c int) (err error) {
		const clause = "Data §2.4.2.3"
		var id string
		switch key {
		case "objectType":
			return nil
		case "name":
			return p.want(c, text, "Data §2.4.2")
		case "member":
			if !a.group {
				return errKey
			}
			return p.groupMembers(c, &a)
		case "mbox":
			id, err = p.textOf(c, clause, "a mailto IRI with one e-mail address", ValidMbox)
			id = "mbox " + normalMbox(id)
		case "mbox_sha1sum":
			id, err = p.textOf(c, clause, "a SHA-1 in 40 hexadecimal digits", func(s string) bool { return len(s) == 40 && isHex(s) })
			id = "mbox_sha1sum " + strings.ToLower(id)
		case "openid":
			id, err = p.iri(c, clause)
			id = "openid " + id
		case "account":
			id, err = p.account(c)
		default:
			return errKey
		}
		ids, at, a.identity = ids+1, c, id
		return err
	})
	switch {
	case err != nil:
		return a, err
	case ids > 1:
		return a, p.fail(at, "Data §2.4.2.1", "only one of mbox, mbox_sha1sum, openid and account may be given")
	case ids == 0 && !a.group:
		return a, p.fail(n, "Data §2.4.2.1", "an Agent must have one of mbox, mbox_sha1sum, openid and account")
	case ids == 0 && a.members < 0:
		return a, p.fail(n, "Data §2.4.2.2", "an anonymous Group must have the property member")
	case ids == 1:
		a.all = append(a.all, a.identity)
	}
	return a, nil
}

func (p *parser) groupMembers(n int, a *who) error {
	a.members = 0
	return p.elementsOf(n, "Data §2.4.2.2", func(c int) error {
		m, err := p.actor(c, onlyAgent)
		a.members++
		a.all = append(a.all, m.all...)
		return err
	})
}

func (p *parser) account(n int) (string, error) {
	const clause = "Data §2.4.2.4"
	var home, name string
	err := p.each(n, clause, func(key string, c int) (err error) {
		switch key {
		case "homePage":
			home, err = p.iri(c, clause)
		case "name":
			name, err = p.textOf(c, clause, "a name", func(s string) bool { return s != "" })
		default:
			return errKey
		}
		return err
	})
	if err == nil && (home == "" || name == "") {
		err = p.fail(n, clause, "an account needs homePage and name")
	}
	return Identity(home, name), err
}

// authority is an Agent, or a Group of an application and a user without a name of its own. Data §2.4.9
func (p *parser) authority(n int) error {
	a, err := p.actor(n, either)
	if err == nil && a.group && (a.identity != "" || a.members != 2) {
		err = p.fail(n, "Data §2.4.9", "an authority that is a Group must be anonymous and have two members")
	}
	return err
}

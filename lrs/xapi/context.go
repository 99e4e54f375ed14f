package xapi

import "strings"

// context reads a statement's context. of is the type of the statement's object.
func (p *parser) context(n int, of string) error {
	const clause = "Data §2.4.6"
	return p.each(n, clause, func(key string, c int) (err error) {
		switch key {
		case "registration":
			id, err := p.uuid(c, clause)
			if p.member(0, "context") == n {
				p.out.Registration = strings.ToLower(id)
			}
			return err
		case "instructor":
			return p.related(c, either)
		case "team":
			return p.related(c, onlyGroup)
		case "contextActivities":
			return p.contextActivities(c)
		case "revision", "platform":
			if of != "Activity" {
				return p.fail(c, clause, "this property is allowed only if the object is an Activity")
			}
			return p.want(c, text, clause)
		case "language":
			_, err = p.textOf(c, clause, "a language tag (RFC 5646)", ValidLanguage)
			return err
		case "statement":
			_, err = p.reference(c)
			return err
		case "extensions":
			return p.extensions(c)
		case "contextAgents":
			if p.v == V2 {
				return p.roles(c, "contextAgent", "agent", onlyAgent)
			}
		case "contextGroups":
			if p.v == V2 {
				return p.roles(c, "contextGroup", "group", onlyGroup)
			}
		}
		return errKey
	})
}

func (p *parser) related(n int, k actorKind) error {
	a, err := p.actor(n, k)
	p.relate(a)
	return err
}

// contextActivities reads the map of activities. Single ones become arrays of one. Data §2.4.6.2
func (p *parser) contextActivities(n int) error {
	const clause = "Data §2.4.6.2"
	one := func(c int) error {
		id, err := p.activity(c)
		p.out.RelatedActivities = append(p.out.RelatedActivities, id)
		return err
	}
	return p.each(n, clause, func(key string, c int) error {
		switch key {
		case "parent", "grouping", "category", "other":
		default:
			return errKey
		}
		if p.nodes[c].kind == object {
			p.out.splices = append(p.out.splices, splice{p.nodes[c].start, p.nodes[c].start, "["}, splice{p.nodes[c].end, p.nodes[c].end, "]"})
			return one(c)
		}
		return p.elementsOf(c, clause, one)
	})
}

// roles reads contextAgents or contextGroups. xAPI 2.0 §4.2.2
func (p *parser) roles(n int, objectType, key string, k actorKind) error {
	const clause = "2.0 §4.2.2"
	return p.elementsOf(n, clause, func(e int) error {
		err := p.each(e, clause, func(got string, c int) (err error) {
			switch got {
			case "objectType":
				_, err = p.textOf(c, clause, objectType, func(s string) bool { return s == objectType })
			case key:
				err = p.related(c, k)
			case "relevantTypes":
				err = p.elementsOf(c, clause, func(t int) error {
					_, err := p.iri(t, clause)
					return err
				})
				if err == nil && p.nodes[c].count == 0 {
					err = p.fail(c, clause, "this array must not be empty")
				}
			default:
				return errKey
			}
			return err
		})
		if err == nil && (p.member(e, "objectType") == 0 || p.member(e, key) == 0) {
			err = p.fail(e, clause, "a %s needs objectType and %s", objectType, key)
		}
		return err
	})
}

package xapi

import "strings"

// object reads a statement's object and returns its type.
func (p *parser) object(n int, sub bool) (objectType string, err error) {
	const clause = "Data §2.4.4"
	if err := p.want(n, object, clause); err != nil {
		return "", err
	}
	objectType = "Activity"
	if c := p.member(n, "objectType"); c != 0 {
		objectType, err = p.textOf(c, clause, "one of Activity, Agent, Group, SubStatement and StatementRef", func(s string) bool {
			switch s {
			case "Activity", "Agent", "Group", "SubStatement", "StatementRef":
				return true
			}
			return false
		})
		if err != nil {
			return "", err
		}
	}
	switch objectType {
	case "Activity":
		id, err := p.activity(n)
		if sub {
			p.out.RelatedActivities = append(p.out.RelatedActivities, id)
		} else {
			p.out.Activity = id
		}
		return objectType, err
	case "StatementRef":
		id, err := p.reference(n)
		if !sub {
			p.out.Target = strings.ToLower(id)
		}
		return objectType, err
	case "SubStatement":
		if sub {
			return objectType, p.fail(n, "Data §2.4.4.3", "a SubStatement must not contain another")
		}
		return objectType, p.statement(n, true)
	}
	a, err := p.actor(n, either)
	if sub {
		p.relate(a)
	} else {
		p.out.Agents = append(p.out.Agents, a.all...)
	}
	return objectType, err
}

func (p *parser) reference(n int) (id string, err error) {
	const clause = "Data §2.4.4.3"
	kind := ""
	err = p.each(n, clause, func(key string, c int) (err error) {
		switch key {
		case "objectType":
			kind, err = p.textOf(c, clause, "StatementRef", func(s string) bool { return s == "StatementRef" })
		case "id":
			id, err = p.uuid(c, clause)
		default:
			return errKey
		}
		return err
	})
	if err == nil && (kind == "" || id == "") {
		err = p.fail(n, clause, "a StatementRef needs objectType and id")
	}
	return id, err
}

func (p *parser) activity(n int) (id string, err error) {
	const clause = "Data §2.4.4.1"
	definition := 0
	err = p.each(n, clause, func(key string, c int) (err error) {
		switch key {
		case "objectType":
			_, err = p.textOf(c, clause, "Activity", func(s string) bool { return s == "Activity" })
		case "id":
			id, err = p.iri(c, clause)
		case "definition":
			definition, err = c, p.definition(c)
		default:
			return errKey
		}
		return err
	})
	if err == nil && id == "" {
		err = p.fail(n, clause, "the property id is missing")
	}
	if definition != 0 {
		p.out.Definitions = append(p.out.Definitions, ActivityDefinition{Activity: id, JSON: p.raw(definition)})
	}
	return id, err
}

func (p *parser) definition(n int) error {
	const clause = "Data §2.4.4.1"
	interaction, part := false, 0
	err := p.each(n, clause, func(key string, c int) (err error) {
		switch key {
		case "name", "description":
			return p.languageMap(c)
		case "type", "moreInfo":
			_, err = p.iri(c, clause)
		case "interactionType":
			interaction = true
			_, err = p.textOf(c, clause, "an interaction type", validInteraction)
		case "correctResponsesPattern":
			part = c
			err = p.elementsOf(c, clause, func(e int) error { return p.want(e, text, clause) })
		case "choices", "scale", "source", "target", "steps":
			part = c
			err = p.components(c)
		case "extensions":
			err = p.extensions(c)
		default:
			return errKey
		}
		return err
	})
	if err == nil && part != 0 && !interaction {
		err = p.fail(part, clause, "this property needs an interactionType beside it")
	}
	return err
}

func validInteraction(s string) bool {
	switch s {
	case "true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other":
		return true
	}
	return false
}

func (p *parser) components(n int) error {
	const clause = "Data §2.4.4.1"
	seen := map[string]bool{}
	return p.elementsOf(n, clause, func(e int) error {
		id, has := "", false
		err := p.each(e, clause, func(key string, c int) (err error) {
			switch key {
			case "id":
				id, err = p.textOf(c, clause, "an id", func(s string) bool { return s != "" })
				has = true
			case "description":
				err = p.languageMap(c)
			default:
				return errKey
			}
			return err
		})
		switch {
		case err != nil:
			return err
		case !has:
			return p.fail(e, clause, "the property id is missing")
		case seen[id]:
			return p.fail(e, clause, "the id %q is there twice", shorten(id))
		}
		seen[id] = true
		return nil
	})
}

package practice

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/internal/csvcell"
	"palestra/internal/store"
)

// eachOpen calls f with every published card, the newest first.
func (s *Service) eachOpen(ctx context.Context, f func(Card) error) error {
	return wrap("eachOpen", s.cards.Each(ctx, store.Query{Index: "byToken", Equal: []any{"all"}, Reverse: true}, f))
}

// licenceURLs are where the licences of cards stand.
func licenceURL(spdx string) string {
	return map[string]string{"CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/", "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
		"CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/"}[spdx]
}

type object = map[string]any

// tagged writes a text with its languages as JSON-LD knows them (JSON-LD 1.1 §4.2.4).
func tagged(t Text) []object {
	list := []object{}
	for _, l := range sortedKeys(t) {
		list = append(list, object{"@language": l, "@value": t[l]})
	}
	return list
}

func sortedKeys(t Text) []string {
	keys := make([]string, 0, len(t))
	for l := range t {
		keys = append(keys, l)
	}
	slices.Sort(keys)
	return keys
}

// JSONLD describes a published practice in the words of schema.org (HowTo).
func (s *Service) JSONLD(ctx context.Context, id string) (any, error) {
	c, err := s.shown(ctx, id)
	if err != nil {
		return nil, err
	}
	p := c.Content
	steps := []object{}
	for i, st := range p.Steps {
		steps = append(steps, object{"@type": "HowToStep", "position": i + 1, "text": tagged(st.What), "temporalCoverage": string(st.When)})
	}
	supplies := []object{}
	for _, r := range p.Resources {
		supply := object{"@type": "HowToSupply", "name": tagged(r.What)}
		if r.FTE > 0 {
			supply["requiredQuantity"] = object{"@type": "QuantitativeValue", "value": r.FTE, "unitText": "full-time equivalent"}
		} else if r.Quantity > 0 {
			supply["requiredQuantity"] = r.Quantity
		}
		supplies = append(supplies, supply)
	}
	place := object{"@type": "Place", "name": p.Territory.Name, "address": object{"@type": "PostalAddress", "addressCountry": p.Territory.Country, "addressRegion": p.Territory.Region}}
	if p.Territory.Lat != nil {
		place["geo"] = object{"@type": "GeoCoordinates", "latitude": *p.Territory.Lat, "longitude": *p.Territory.Lon}
	}
	out := object{"@context": "https://schema.org", "@type": "HowTo", "@id": s.address(c.ID), "url": s.address(c.ID), "name": tagged(p.Title), "description": tagged(p.Summary),
		"inLanguage": p.Languages, "license": licenceURL(p.Licence), "version": strconv.Itoa(c.Version), "datePublished": c.First.Format(time.RFC3339), "dateModified": c.Released.Format(time.RFC3339),
		"author": object{"@type": "GovernmentOrganization", "name": c.TownName}, "contentLocation": place, "step": steps, "supply": supplies,
		"keywords": slices.Concat(p.Topics, p.Labels), "teaches": p.Competences}
	s.describeFiles(c, out)
	if p.Costs.From > 0 || p.Costs.To > 0 {
		out["estimatedCost"] = object{"@type": "MonetaryAmount", "currency": "EUR", "minValue": p.Costs.From, "maxValue": max(p.Costs.From, p.Costs.To), "description": p.Costs.Per}
	}
	return out, nil
}

func (s *Service) address(id string) string { return s.c.PublicURL + "/practices/" + id }

// GeoJSON writes what is published and has a position (RFC 7946).
func (s *Service) GeoJSON(ctx context.Context, w io.Writer) error {
	if _, err := io.WriteString(w, `{"type":"FeatureCollection","features":[`); err != nil {
		return err
	}
	first := true
	err := s.eachOpen(ctx, func(c Card) error {
		x := c.Content.Territory
		if x.Lat == nil {
			return nil
		}
		b, err := json.Marshal(object{"type": "Feature", "id": c.ID, "geometry": object{"type": "Point", "coordinates": []float64{*x.Lon, *x.Lat}},
			"properties": object{"title": c.Content.Title, "summary": c.Content.Summary, "town": c.TownName, "country": x.Country, "residents": x.Residents, "topics": c.Content.Topics,
				"using": c.Using, "recommended": c.Recommended, "released": c.Released, "licence": c.Content.Licence, "url": s.address(c.ID)}})
		if err != nil {
			return err
		}
		if !first {
			b = append([]byte(","), b...)
		}
		first = false
		_, err = w.Write(b)
		return err
	})
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "]}\n")
	return err
}

// Columns lists the columns of the CSV form, practices/1, which stay as they are.
func Columns() []string {
	return []string{"id", "url", "version", "title", "title_language", "summary", "town", "territory", "country", "code", "residents", "latitude", "longitude", "topics", "costs_from_eur",
		"costs_to_eur", "costs_per", "using", "adopting", "recommended", "licence", "published", "released"}
}

// CSV writes what is published as a table (RFC 4180, UTF-8), in the first language of each card.
func (s *Service) CSV(ctx context.Context, w io.Writer) error {
	b := bufio.NewWriter(w)
	line := func(cells []string) error {
		var out []byte
		for i, cell := range cells {
			if i > 0 {
				out = append(out, ',')
			}
			out = csvcell.Append(out, csvcell.Defuse(csvcell.Clean(cell)))
		}
		_, err := b.Write(append(out, '\r', '\n'))
		return err
	}
	if err := line(Columns()); err != nil {
		return err
	}
	number := func(n int64) string { return strconv.FormatInt(n, 10) }
	degrees := func(x *float64) string {
		if x == nil {
			return ""
		}
		return strconv.FormatFloat(*x, 'f', -1, 64)
	}
	err := s.eachOpen(ctx, func(c Card) error {
		p, x := c.Content, c.Content.Territory
		title, language := p.Title.In(p.Languages...)
		summary, _ := p.Summary.In(p.Languages...)
		return line([]string{c.ID, s.address(c.ID), strconv.Itoa(c.Version), title, language, summary, c.TownName, x.Name, x.Country, x.Code, number(x.Residents), degrees(x.Lat), degrees(x.Lon),
			strings.Join(p.Topics, " "), number(p.Costs.From), number(p.Costs.To), p.Costs.Per, strconv.Itoa(c.Using), strconv.Itoa(c.Adopting), strconv.FormatBool(c.Recommended), p.Licence,
			c.First.Format(time.RFC3339), c.Released.Format(time.RFC3339)})
	})
	if err != nil {
		return err
	}
	return b.Flush()
}

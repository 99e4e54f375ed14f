package practice

import (
	"context"
	"time"

	"palestra/internal/lang"
	"palestra/internal/store"
)

// authority is where the vocabularies of the Union's publications office are, which DCAT-AP prescribes (3.0 §11).
const authority = "http://publications.europa.eu/resource/authority/"

func iri(address string) object { return object{"@id": address} }

// Catalogue describes the open data in the words of DCAT-AP 3.0, as JSON-LD.
func (s *Service) Catalogue(ctx context.Context) (any, error) {
	// What was published last, along the index of what is published.
	p, err := s.cards.Find(ctx, store.Query{Index: "byToken", Equal: []any{"all"}, Reverse: true, Limit: 1})
	if err != nil {
		return nil, wrap("Catalogue", err)
	}
	en := func(words string) object { return object{"@language": "en", "@value": words} }
	dated := func(o object) object {
		if len(p.Docs) > 0 {
			o["dct:modified"] = object{"@type": "xsd:dateTime", "@value": p.Docs[0].Released.UTC().Format(time.RFC3339)}
		}
		return o
	}
	languages := []object{}
	for _, l := range lang.Locales() {
		languages = append(languages, iri(authority+"language/"+languageCode(l)))
	}
	page := func(path string) object { return object{"@type": "foaf:Document", "@id": s.c.PublicURL + path} }
	publisher := object{"@type": "foaf:Agent", "@id": s.c.PublicURL + "/", "foaf:name": en("Palestra")}
	// Each card chooses its licence; the collection has one, and says so.
	rights := object{"@type": "dct:RightsStatement", "@id": s.c.PublicURL + "/open/catalogue.jsonld#rights", "rdfs:label": en("Each practice is under the licence that its entry names (licence), and is to be attributed to the town that its entry names (town). The collection of the entries is under CC BY 4.0, to be attributed to Palestra.")}
	distribution := func(path, mime, format, title, words string) object {
		return object{"@type": "dcat:Distribution", "@id": s.c.PublicURL + path, "dct:title": en(title), "dct:description": en(words), "dcat:accessURL": iri(s.c.PublicURL + path), "dcat:downloadURL": iri(s.c.PublicURL + path),
			"dcat:mediaType": iri("https://www.iana.org/assignments/media-types/" + mime), "dct:format": iri(authority + "file-type/" + format),
			"dct:license": iri(authority + "licence/CC_BY_4_0"), "dct:rights": rights, "dcatap:availability": iri(authority + "planned-availability/STABLE"), "dct:language": languages}
	}
	practices := dated(object{"@type": "dcat:Dataset", "@id": s.c.PublicURL + "/practices", "dct:identifier": s.c.PublicURL + "/practices",
		"dct:title": en("Practices of towns"), "dct:description": en("Practice cards: what works in a town, how it was done, what it took and who has adopted it."),
		"dct:publisher": publisher, "dcat:theme": []object{iri(authority + "data-theme/GOVE")}, "dcat:keyword": []object{en("municipalities"), en("good practice"), en("digitalisation")},
		"dct:accessRights": iri(authority + "access-right/PUBLIC"), "dct:accrualPeriodicity": iri(authority + "frequency/CONT"), "dct:spatial": []object{iri(authority + "continent/EUROPE")},
		"dct:language": languages, "dcat:landingPage": []object{page("/practices")},
		"dcat:contactPoint": object{"@type": "vcard:Kind", "vcard:fn": "Palestra", "vcard:hasURL": iri(s.c.PublicURL + "/")},
		"dcat:distribution": []object{distribution("/open/practices.geojson", "application/geo+json", "GEOJSON", "Practices on a map", "Those that have a position, with title, town and topics."), distribution("/open/practices.csv", "text/csv", "CSV", "Practices as a table", "All of them, in the columns practices/1, which stay as they are.")}})
	return dated(object{
		"@context": object{"dcat": "http://www.w3.org/ns/dcat#", "dcatap": "http://data.europa.eu/r5r/", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
			"vcard": "http://www.w3.org/2006/vcard/ns#", "xsd": "http://www.w3.org/2001/XMLSchema#"},
		"@type": "dcat:Catalog", "@id": s.c.PublicURL + "/open/catalogue.jsonld",
		"dct:title": en("Open data of Palestra"), "dct:description": en("What towns have published on this platform."), "dct:publisher": publisher,
		"dct:license": iri(authority + "licence/CC_BY_4_0"), "dct:language": languages, "dct:spatial": []object{iri(authority + "continent/EUROPE")}, "foaf:homepage": page("/"),
		"dcat:themeTaxonomy": []object{iri(authority + "data-theme")}, "dcat:dataset": []object{practices}}), nil
}

// languageCode returns what the publications office calls a language of the platform (ISO 639-3).
func languageCode(locale string) string {
	return map[string]string{"en": "ENG", "de": "DEU", "it": "ITA", "fr": "FRA", "es": "SPA", "pt": "POR", "sv": "SWE", "fi": "FIN", "pl": "POL"}[locale]
}

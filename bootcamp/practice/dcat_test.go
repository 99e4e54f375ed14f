package practice_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The classes of DCAT-AP 3.0.0 that the catalogue uses, with the properties that the profile knows of them: how often each
// may stand, 1.. for the mandatory ones, and what its values are: texts, addresses, days, nodes of a class, or terms of a
// vocabulary that the profile prescribes. Read from the profile's tables of classes and properties (mandatory, recommended,
// optional) and its list of controlled vocabularies; what the catalogue does not use is left out, which the test would find.
func dcatap() map[string]map[string]string {
	const authority = "http://publications.europa.eu/resource/authority/"
	return map[string]map[string]string{
		"dcat:Catalog": {
			"dct:title": "1..n text", "dct:description": "1..n text", "dct:publisher": "1..1 foaf:Agent",
			"dcat:dataset": "0..n dcat:Dataset", "dct:license": "0..1 " + authority + "licence/", "dct:language": "0..n " + authority + "language/", "dct:modified": "0..1 date",
			"dct:spatial": "0..n " + authority + "continent/", "dcat:themeTaxonomy": "0..n " + authority + "data-theme", "foaf:homepage": "0..1 foaf:Document",
		},
		"dcat:Dataset": {
			"dct:title": "1..n text", "dct:description": "1..n text",
			"dct:publisher": "0..1 foaf:Agent", "dcat:distribution": "0..n dcat:Distribution", "dcat:theme": "0..n " + authority + "data-theme/", "dcat:keyword": "0..n text",
			"dct:accessRights": "0..1 " + authority + "access-right/", "dct:accrualPeriodicity": "0..1 " + authority + "frequency/", "dct:spatial": "0..n " + authority + "continent/",
			"dct:language": "0..n " + authority + "language/", "dcat:landingPage": "0..n foaf:Document", "dct:identifier": "0..n text", "dct:modified": "0..1 date", "dcat:contactPoint": "0..n vcard:Kind",
		},
		"dcat:Distribution": {
			"dcat:accessURL":   "1..n address",
			"dcat:downloadURL": "0..n address", "dct:title": "0..n text", "dct:description": "0..n text", "dcat:mediaType": "0..1 https://www.iana.org/assignments/media-types/",
			"dct:format": "0..1 " + authority + "file-type/", "dct:license": "0..1 " + authority + "licence/", "dcatap:availability": "0..1 " + authority + "planned-availability/",
			"dct:language": "0..n " + authority + "language/", "dct:rights": "0..1 dct:RightsStatement",
		},
		"dct:RightsStatement": {"rdfs:label": "0..n text"},
		"foaf:Agent":          {"foaf:name": "1..n text"},
		"foaf:Document":       {},
		"vcard:Kind":          {"vcard:fn": "0..n text", "vcard:hasURL": "0..n address"},
	}
}

// recommended are the properties that the profile recommends (its warnings), and that we have: without them portals find
// little.
func recommended() map[string][]string {
	return map[string][]string{
		"dcat:Catalog":      {"dcat:dataset", "dct:license", "dct:language", "dct:modified", "dct:spatial", "dcat:themeTaxonomy", "foaf:homepage"},
		"dcat:Dataset":      {"dcat:contactPoint", "dcat:distribution", "dcat:keyword", "dct:publisher", "dct:spatial", "dcat:theme"},
		"dcat:Distribution": {"dcatap:availability", "dct:description", "dct:format", "dct:license", "dct:rights"},
	}
}

type node = map[string]any

func values(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// check returns what is wrong with a node and all beneath it, and calls see with each node.
func check(n node, want string, prefixes node, see func(node)) []string {
	see(n)
	class, _ := n["@type"].(string)
	rules, known := dcatap()[class]
	if !known || want != "" && class != want {
		return []string{fmt.Sprintf("a %q stands where a %q belongs", class, want)}
	}
	var wrong []string
	if id, ok := n["@id"]; ok && !absolute(id) || !ok && class != "vcard:Kind" {
		wrong = append(wrong, fmt.Sprintf("%s has the address %v", class, id))
	}
	for name := range n {
		prefix, _, _ := strings.Cut(name, ":")
		if _, of := rules[name]; !of && !strings.HasPrefix(name, "@") {
			wrong = append(wrong, fmt.Sprintf("%s does not have %s", class, name))
		} else if of && prefixes[prefix] == nil {
			wrong = append(wrong, fmt.Sprintf("nobody knows what %s is", prefix))
		}
	}
	for name, rule := range rules {
		times, kind, _ := strings.Cut(rule, " ")
		list := values(n[name])
		if len(list) == 0 && times[0] == '1' || len(list) > 1 && strings.HasSuffix(times, "1") {
			wrong = append(wrong, fmt.Sprintf("%s has %d of %s, which stands %s", class, len(list), name, times))
		}
		for _, v := range list {
			wrong = append(wrong, checkValue(class+" "+name, v, kind, prefixes, see)...)
		}
	}
	return wrong
}

func checkValue(where string, v any, kind string, prefixes node, see func(node)) []string {
	o, _ := v.(node)
	switch {
	case kind == "text":
		s, plain := v.(string)
		if !plain {
			s, _ = o["@value"].(string)
			if l, _ := o["@language"].(string); l == "" {
				s = ""
			}
		}
		if strings.TrimSpace(s) == "" {
			return []string{fmt.Sprintf("%s is no text: %v", where, v)}
		}
	case kind == "date":
		s, _ := o["@value"].(string)
		if _, err := time.Parse(time.RFC3339, s); err != nil || o["@type"] != "xsd:dateTime" || prefixes["xsd"] == nil {
			return []string{fmt.Sprintf("%s is no time: %v", where, v)}
		}
	case kind == "address" || strings.HasPrefix(kind, "http"):
		id, _ := o["@id"].(string)
		if len(o) != 1 || !absolute(id) || kind != "address" && (!strings.HasPrefix(id, kind) || strings.HasSuffix(kind, "/") && len(id) == len(kind)) {
			return []string{fmt.Sprintf("%s is no %s: %v", where, kind, v)}
		}
	default:
		return check(o, kind, prefixes, see)
	}
	return nil
}

func absolute(id any) bool {
	s, _ := id.(string)
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}

// TestCatalogueIsDCATAP reads the catalogue as a portal does, and then takes away each mandatory property and spoils each
// value, so that the check itself is checked.
func TestCatalogueIsDCATAP(t *testing.T) {
	t.Parallel()
	w := open(t)
	read := func() node {
		c, err := w.Catalogue(t.Context())
		ok(t, err)
		b, err := json.Marshal(c)
		ok(t, err)
		var n node
		ok(t, json.Unmarshal(b, &n))
		return n
	}
	faults := func(n node) []string {
		prefixes, _ := n["@context"].(node)
		return check(n, "dcat:Catalog", prefixes, func(node) {})
	}
	if wrong := faults(read()); len(wrong) > 0 {
		t.Errorf("with nothing published: %q", wrong)
	}
	w.card()
	n := read()
	prefixes, _ := n["@context"].(node)
	seen := map[string][]node{}
	if wrong := check(n, "dcat:Catalog", prefixes, func(x node) { class, _ := x["@type"].(string); seen[class] = append(seen[class], x) }); len(wrong) > 0 {
		t.Fatalf("it is no DCAT-AP: %q", wrong)
	}
	if len(seen["dcat:Dataset"]) != 1 || len(seen["dcat:Distribution"]) != 2 {
		t.Errorf("%d datasets in %d distributions", len(seen["dcat:Dataset"]), len(seen["dcat:Distribution"]))
	}
	for class, names := range recommended() {
		for _, x := range seen[class] {
			for _, name := range names {
				if len(values(x[name])) == 0 {
					t.Errorf("%s lacks %s, which is recommended", class, name)
				}
			}
		}
	}
	for prefix, vocabulary := range map[string]string{"dcat": "http://www.w3.org/ns/dcat#", "dcatap": "http://data.europa.eu/r5r/", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
		"vcard": "http://www.w3.org/2006/vcard/ns#", "xsd": "http://www.w3.org/2001/XMLSchema#"} {
		if prefixes[prefix] != vocabulary {
			t.Errorf("%s is %v, want %s", prefix, prefixes[prefix], vocabulary)
		}
	}
	for class, rules := range dcatap() {
		for _, x := range seen[class] {
			for name, rule := range rules {
				was, stands := x[name]
				if !stands {
					continue
				}
				if x[name] = 7; len(faults(n)) == 0 {
					t.Errorf("a number for %s of %s is not found", name, class)
				}
				delete(x, name)
				if found := len(faults(n)) > 0; found != (rule[0] == '1') {
					t.Errorf("without %s of %s: found %v", name, class, found)
				}
				x[name] = was
			}
			x["dct:invented"] = "x"
			if len(faults(n)) == 0 {
				t.Errorf("an invented property of %s is not found", class)
			}
			delete(x, "dct:invented")
		}
	}
}

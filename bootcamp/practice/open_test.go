package practice_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"testing"

	"palestra/bootcamp/practice"
)

func TestOpenData(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	p := w.card()
	c := shared()
	c.Title, c.Territory.Lat, c.Territory.Lon = practice.Text{"en": "=HYPERLINK(\"https://evil.example\")"}, nil, nil
	formula, err := w.Create(ctx, w.mallory, c)
	ok(t, err)
	_, err = w.Publish(ctx, w.mallory, formula.ID, 0, "")
	ok(t, err)
	_, err = w.Create(ctx, w.mallory, shared()) // a draft is nobody else's
	ok(t, err)

	var b bytes.Buffer
	ok(t, w.GeoJSON(ctx, &b))
	var features struct {
		Type     string `json:"type"`
		Features []struct {
			ID       string `json:"id"`
			Geometry struct {
				Coordinates []float64 `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	ok(t, json.Unmarshal(b.Bytes(), &features))
	if len(features.Features) != 1 || features.Features[0].ID != p.ID || !slices.Equal(features.Features[0].Geometry.Coordinates, []float64{13.1, 51.5}) {
		t.Errorf("GeoJSON: %s", b.String())
	}
	b.Reset()
	ok(t, w.CSV(ctx, &b))
	rows, err := csv.NewReader(&b).ReadAll()
	ok(t, err)
	if len(rows) != 3 || !slices.Equal(rows[0], practice.Columns()) || rows[1][3] != "'=HYPERLINK(\"https://evil.example\")" || rows[2][0] != p.ID {
		t.Errorf("CSV: %v", rows)
	}
	ld, err := w.JSONLD(ctx, p.ID)
	ok(t, err)
	text, err := json.Marshal(ld)
	ok(t, err)
	var how struct {
		Type    string `json:"@type"`
		Licence string `json:"license"`
		Steps   []struct {
			When string `json:"temporalCoverage"`
		} `json:"step"`
	}
	ok(t, json.Unmarshal(text, &how))
	if how.Type != "HowTo" || how.Licence != "https://creativecommons.org/licenses/by/4.0/" || len(how.Steps) != 2 || how.Steps[0].When != "2019" {
		t.Errorf("JSON-LD: %s", text)
	}
	_, err = w.Withdraw(ctx, w.Grace, p.ID, 0)
	ok(t, err)
	_, err = w.JSONLD(ctx, p.ID)
	refused(t, "what was withdrawn", "practice.withdrawn", err)
}

// Package roster reads lists of people that towns keep in spreadsheets: CSV in the encodings and with the separators that
// programs of offices write, and XLSX. It knows columns and lines, and nobody's rights.
package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"palestra/internal/csvcell"
)

// Limits of a file.
const (
	MaxFile  = 1 << 20 // bytes
	MaxLines = 500     // people
	maxCell  = 1000    // bytes; what is longer is no name
	maxWide  = 100     // columns
	unzipped = 16 << 20
)

// What is wrong with a whole file.
var (
	ErrLarge   = errors.New("roster: too large")
	ErrEmpty   = errors.New("roster: no lines")
	ErrFormat  = errors.New("roster: neither CSV nor XLSX")
	ErrColumns = errors.New("roster: no column of addresses")
)

// What is wrong with a line.
const (
	WrongFormula = "formula" // a cell computes something instead of saying it
	WrongText    = "text"    // a cell holds what is no text, or too much of it
	WrongQuotes  = "quotes"  // the line's quotation marks do not end
)

// Person is a line of a list.
type Person struct {
	Line         int // in the file, from 1
	Address      string
	Name         string
	Language     string
	Organisation string
	Wrong        string // one of the above; "" for nothing
}

// columns are the headings by which each column is known, as lower-case words, in the languages of the platform.
func columns() [4][]string {
	return [4][]string{
		{"email", "e-mail", "mail", "address", "e-mail address", "email address", "e-mail-adresse", "adresse", "indirizzo", "indirizzo e-mail", "posta elettronica", "courriel", "adresse e-mail", "correo", "correo electrónico", "dirección",
			"endereço", "correio eletrónico", "e-postadress", "e-post", "adress", "sähköposti", "sähköpostiosoite", "osoite", "adres", "adres e-mail"}, //nolint:misspell // Swedish
		{"name", "full name", "nome", "nome e cognome", "nom", "nombre", "namn", "nimi", "imię i nazwisko", "nazwisko"},
		{"language", "locale", "lang", "sprache", "lingua", "langue", "idioma", "língua", "språk", "kieli", "język"},
		{"organisation", "organization", "town", "stadt", "organisation/stadt", "ente", "città", "organizzazione", "ville", "organización", "ciudad", "organização", "cidade", "stad", "organisaatio", "kaupunki", "organizacja", "miasto"},
	}
}

// row is a line of cells; wrong is what is wrong with all of it.
type row struct {
	line  int
	cells []string
	wrong string
}

// Read returns the people of a file in its order. Lines without anything in them are left out.
func Read(data []byte) ([]Person, error) {
	if len(data) > MaxFile {
		return nil, ErrLarge
	}
	var rows []row
	var err error
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		rows, err = sheet(data)
	} else {
		rows, err = separated(data)
	}
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrEmpty
	}
	at, headed := heading(rows[0].cells)
	if headed {
		rows = rows[1:]
	}
	if at[0] < 0 {
		return nil, ErrColumns
	}
	switch {
	case len(rows) == 0:
		return nil, ErrEmpty
	case len(rows) > MaxLines:
		return nil, ErrLarge
	}
	list := make([]Person, 0, len(rows))
	for _, r := range rows {
		p := Person{Line: r.line, Wrong: r.wrong}
		for i, to := range []*string{&p.Address, &p.Name, &p.Language, &p.Organisation} {
			if at[i] < 0 || at[i] >= len(r.cells) {
				continue
			}
			cell := r.cells[at[i]]
			*to = strings.Join(strings.Fields(csvcell.Plain(strings.TrimSpace(cell))), " ")
			if wrong := look(*to); wrong != "" && p.Wrong == "" {
				p.Wrong = wrong
			}
			if len(*to) > maxCell {
				*to = strings.ToValidUTF8((*to)[:100], "") + "…"
			}
			*to = csvcell.Clean(*to)
		}
		list = append(list, p)
	}
	return list, nil
}

// look returns what is wrong with a cell.
func look(s string) string {
	switch {
	case s == "":
		return ""
	case strings.ContainsRune("=+-@\t＝＋－＠", first(s)):
		return WrongFormula
	case len(s) > maxCell || csvcell.Clean(s) != s || strings.ContainsRune(s, utf8.RuneError) || strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 && r < 0xa0 }):
		return WrongText
	}
	return ""
}

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// heading finds the columns: by a heading, or in their usual order if the first line is somebody already.
func heading(cells []string) (at [4]int, headed bool) {
	at = [4]int{-1, -1, -1, -1}
	for i, names := range columns() {
		at[i] = slices.IndexFunc(cells, func(c string) bool {
			return slices.Contains(names, strings.ToLower(strings.Join(strings.Fields(strings.TrimPrefix(c, "\ufeff")), " ")))
		})
	}
	if at[0] >= 0 {
		return at, true
	}
	if len(cells) > 0 && strings.Contains(cells[0], "@") {
		return [4]int{0, 1, 2, 3}, false
	}
	return at, false
}

// sheet reads the first sheet of a workbook. Cells that compute something are named, not computed.
func sheet(data []byte) ([]row, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: unzipped, UnzipXMLSizeLimit: unzipped / 2, RawCellValue: true})
	if err != nil {
		return nil, errors.Join(ErrFormat, err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	it, err := f.Rows(name)
	if err != nil {
		return nil, errors.Join(ErrFormat, err)
	}
	defer it.Close()
	var rows []row
	for n := 1; it.Next(); n++ {
		cells, err := it.Columns()
		if err != nil {
			return nil, errors.Join(ErrFormat, err)
		}
		if n > 20*MaxLines {
			return nil, ErrLarge
		}
		r := row{line: n, cells: cells[:min(len(cells), maxWide)]}
		for i := range r.cells {
			at, err := excelize.CoordinatesToCellName(i+1, n)
			if err != nil {
				return nil, errors.Join(ErrFormat, err)
			}
			if formula, err := f.GetCellFormula(name, at); err != nil || formula != "" {
				r.wrong = WrongFormula
			}
		}
		if rows, err = add(rows, r); err != nil {
			return nil, err
		}
	}
	return rows, it.Error()
}

// add appends a line in which there is something.
func add(rows []row, r row) ([]row, error) {
	if r.wrong == "" && !slices.ContainsFunc(r.cells, func(c string) bool { return strings.TrimSpace(c) != "" }) {
		return rows, nil
	}
	if len(rows) > MaxLines { // one more is the heading
		return nil, ErrLarge
	}
	return append(rows, r), nil
}

// separated reads CSV by RFC 4180, with whatever separator the first line has.
func separated(data []byte) ([]row, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	skipped := 0
	head, rest, _ := strings.Cut(text, "\n")
	comma := rune(0)
	if s, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(head)), "sep="); ok && len(s) == 1 { // as Excel writes it
		comma, text, skipped = rune(s[0]), rest, 1
		head, _, _ = strings.Cut(rest, "\n")
	}
	if !slices.Contains([]rune{',', ';', '\t', '|'}, comma) {
		comma = separator(head)
	}
	in := csv.NewReader(strings.NewReader(text))
	in.Comma, in.FieldsPerRecord, in.ReuseRecord = comma, -1, false
	var rows []row
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			rows, err = add(rows, row{line: bad.StartLine + skipped, cells: cells[:min(len(cells), maxWide)], wrong: WrongQuotes})
			if err != nil {
				return nil, err
			}
			if errors.Is(bad.Err, csv.ErrQuote) && bad.Line == bad.StartLine {
				continue
			}
			return rows, nil // what follows an open quotation mark is not known
		}
		if err != nil {
			return nil, errors.Join(ErrFormat, err)
		}
		line, _ := in.FieldPos(0)
		if rows, err = add(rows, row{line: line + skipped, cells: cells[:min(len(cells), maxWide)]}); err != nil {
			return nil, err
		}
	}
}

// separator returns what stands between the cells of a line most often.
func separator(line string) rune {
	best, most := ',', 0
	for _, c := range ",;\t|" {
		if n := strings.Count(line, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// decode returns the text of a file: UTF-16 by its mark or by its zeros, UTF-8, or else Windows-1252, in which offices' older
// programs write.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return wide(data[2:], 0)
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return wide(data[2:], 1)
	case len(data) >= 4 && data[1] == 0 && data[3] == 0:
		return wide(data, 0)
	case len(data) >= 4 && data[0] == 0 && data[2] == 0:
		return wide(data, 1)
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return "", ErrFormat
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", errors.Join(ErrFormat, err)
	}
	return string(text), nil
}

// wide reads UTF-16: with high 0 the lower byte of each pair comes first, with 1 the higher.
func wide(data []byte, high int) (string, error) {
	if len(data)%2 != 0 {
		return "", ErrFormat
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i < len(data); i += 2 {
		lo, hi := data[i], data[i+1]
		if high == 1 {
			lo, hi = hi, lo
		}
		units = append(units, uint16(hi)<<8|uint16(lo))
	}
	return string(utf16.Decode(units)), nil
}

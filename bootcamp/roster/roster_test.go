package roster_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"palestra/bootcamp/roster"
)

func wide(order binary.ByteOrder, mark bool, s string) []byte {
	var b []byte
	units := utf16.Encode([]rune(s))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	for _, u := range units {
		b = append(b, 0, 0)
		order.PutUint16(b[len(b)-2:], u)
	}
	return b
}

func workbook(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func set(f *excelize.File, cell, value string) { _ = f.SetCellStr("Sheet1", cell, value) }

func TestRead(t *testing.T) {
	t.Parallel()
	const table = "E-Mail;Name;Sprache;Stadt\r\nmüller@lindenau.example;Jörg Müller;de;Lindenau\r\n"
	want := []roster.Person{{Line: 2, Address: "müller@lindenau.example", Name: "Jörg Müller", Language: "de", Organisation: "Lindenau"}}
	latin := []byte("E-Mail;Name;Sprache;Stadt\r\nm\xfcller@lindenau.example;J\xf6rg M\xfcller;de;Lindenau\r\n")
	rosa := roster.Person{Line: 2, Address: "rosa@tammela.example", Name: "Rosa"}
	for _, tt := range []struct {
		name string
		data []byte
		want []roster.Person
		err  error
	}{
		{"UTF-8", []byte(table), want, nil},
		{"UTF-8 with a mark", []byte("\xef\xbb\xbf" + table), want, nil},
		{"UTF-16, little end first", wide(binary.LittleEndian, true, table), want, nil},
		{"UTF-16, big end first", wide(binary.BigEndian, true, table), want, nil},
		{"UTF-16 without a mark", wide(binary.LittleEndian, false, table), want, nil},
		{"Windows-1252", latin, want, nil},
		{"half a letter", wide(binary.LittleEndian, true, table)[:31], nil, roster.ErrFormat},
		{"commas, other order", []byte("name,email\nRosa,rosa@tammela.example\n"), []roster.Person{rosa}, nil},
		{"tabs", []byte("email\tname\nrosa@tammela.example\tRosa"), []roster.Person{rosa}, nil},
		{"Excel says the separator", []byte("sep=;\nemail;name\nrosa@tammela.example;Rosa\n"), []roster.Person{{Line: 3, Address: rosa.Address, Name: "Rosa"}}, nil},
		{"no heading", []byte("rosa@tammela.example,Rosa\n"), []roster.Person{{Line: 1, Address: rosa.Address, Name: "Rosa"}}, nil},
		{"quoted, over two lines", []byte("email,name\n\"rosa@tammela.example\",\"Rosa\n\"\nada@castelverde.example,Ada\n"),
			[]roster.Person{rosa, {Line: 4, Address: "ada@castelverde.example", Name: "Ada"}}, nil},
		{"empty lines", []byte("email,name\n\n , \nrosa@tammela.example,Rosa\n"), []roster.Person{{Line: 4, Address: rosa.Address, Name: "Rosa"}}, nil},
		{"formulas", []byte("email,name\n=cmd|' /C calc'!A0,Rosa\na@b.example,@SUM(1)\nb@b.example,'Rosa\n"),
			[]roster.Person{{Line: 2, Address: "=cmd|' /C calc'!A0", Name: "Rosa", Wrong: roster.WrongFormula}, {Line: 3, Address: "a@b.example", Name: "@SUM(1)", Wrong: roster.WrongFormula}, {Line: 4, Address: "b@b.example", Name: "Rosa"}}, nil},
		{"an open quotation mark", []byte("email,name\nrosa@tammela.example,Rosa\n\"ada,Ada\nbo@b.example,Bo\n"), []roster.Person{rosa, {Line: 3, Wrong: roster.WrongQuotes}}, nil},
		{"a control character", []byte("email,name\nrosa@tammela.example,Ro\x07sa\n"), []roster.Person{{Line: 2, Address: rosa.Address, Name: "Ro\ufffdsa", Wrong: roster.WrongText}}, nil},
		{"a very long cell", []byte("email,name\nrosa@tammela.example," + strings.Repeat("x", 2000) + "\n"), []roster.Person{{Line: 2, Address: rosa.Address, Name: strings.Repeat("x", 100) + "…", Wrong: roster.WrongText}}, nil},
		{"nothing", nil, nil, roster.ErrEmpty},
		{"a heading only", []byte("email,name\n"), nil, roster.ErrEmpty},
		{"no addresses", []byte("name,town\nRosa,Tammela\n"), nil, roster.ErrColumns},
		{"a picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00"), nil, roster.ErrFormat},
		{"a broken workbook", []byte("PK\x03\x04nothing"), nil, roster.ErrFormat},
		{"too many bytes", bytes.Repeat([]byte("a"), roster.MaxFile+1), nil, roster.ErrLarge},
		{"too many lines without a heading", []byte(strings.Repeat("a@b.example\n", roster.MaxLines+1)), nil, roster.ErrLarge},
		{"too many lines", []byte("email\n" + strings.Repeat("a@b.example\n", roster.MaxLines+1)), nil, roster.ErrLarge},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := roster.Read(tt.data)
			if !errors.Is(err, tt.err) || cmp.Diff(tt.want, got) != "" {
				t.Errorf("got %v, want %v\n%s", err, tt.err, cmp.Diff(tt.want, got))
			}
		})
	}
	if got, err := roster.Read([]byte("email\n" + strings.Repeat("a@b.example\n", roster.MaxLines))); err != nil || len(got) != roster.MaxLines {
		t.Errorf("as many lines as may be: %d, %v", len(got), err)
	}
}

func TestReadWorkbooks(t *testing.T) {
	t.Parallel()
	got, err := roster.Read(workbook(t, func(f *excelize.File) {
		for cell, v := range map[string]string{"A1": "Nome e cognome", "B1": "E-mail", "C1": "Lingua", "A2": "Rosa Ilmarinen", "B2": "rosa@tammela.example", "C2": "fi", "A4": "Ada", "B4": "ada@castelverde.example"} {
			set(f, cell, v)
		}
		_ = f.SetCellFormula("Sheet1", "B5", `"eve"&"@evil.example"`)
		set(f, "A5", "Eve")
	}))
	want := []roster.Person{{Line: 2, Address: "rosa@tammela.example", Name: "Rosa Ilmarinen", Language: "fi"}, {Line: 4, Address: "ada@castelverde.example", Name: "Ada"}, {Line: 5, Name: "Eve", Wrong: roster.WrongFormula}}
	if err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("%v\n%s", err, cmp.Diff(want, got))
	}
	bomb := workbook(t, func(f *excelize.File) {
		set(f, "A1", "email")
		for n := range 700 { // as text it is 20 MB, zipped it is small
			cell, _ := excelize.CoordinatesToCellName(1, n+2)
			set(f, cell, strings.Repeat("a", 30_000)+cell)
		}
	})
	if len(bomb) > roster.MaxFile {
		t.Fatalf("the workbook has %d bytes", len(bomb))
	}
	if _, err := roster.Read(bomb); err == nil {
		t.Error("a workbook that grows beyond all measure was read")
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"email,name\na@b.example,A\n", "\xff\xfea\x00@\x00", "sep=;\n", "\"", "PK\x03\x04"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := roster.Read(data)
		if err != nil {
			return
		}
		if len(list) == 0 || len(list) > roster.MaxLines {
			t.Errorf("%d lines", len(list))
		}
		for _, p := range list {
			if p.Line < 1 || p.Wrong == "" && (strings.ContainsAny(p.Address+p.Name, "\x00\n\r") || strings.HasPrefix(p.Name, "=")) {
				t.Errorf("got %+v", p)
			}
		}
	})
}

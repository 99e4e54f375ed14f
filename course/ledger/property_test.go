package ledger_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"palestra/course/ledger"
)

// TestAnyFlip flips one bit anywhere in a ledger: the entry whose byte it was is named.
func TestAnyFlip(t *testing.T) {
	all := lines(chain(t, 7))
	file := bytes.Join(all, nil)
	check := func(t interface {
		Fatalf(format string, args ...any)
		Helper()
	}, at, bit int,
	) {
		t.Helper()
		flipped := slices.Clone(file)
		flipped[at] ^= 1 << bit
		want, end := int64(0), 0
		for end <= at {
			end += len(all[want])
			want++
		}
		r, err := ledger.Verify(bytes.NewReader(flipped), ledger.Trust{Keys: both()})
		if err != nil || r.OK() || r.Findings[0].Number != want {
			t.Fatalf("bit %d of byte %d: got %+v %v, want a finding about entry %d", bit, at, r.Findings, err, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.IntRange(0, len(file)-1).Draw(t, "byte"), rapid.IntRange(0, 7).Draw(t, "bit"))
	})
	if !testing.Short() { // and all of them
		for at := range file {
			check(t, at, at%8)
		}
	}
}

// TestAnyChange removes, moves, repeats, swaps or cuts: the first entry that is not in its place is named.
func TestAnyChange(t *testing.T) {
	const size = 9
	all := lines(chain(t, size))
	head := ledger.SignHead(chain(t, size)[size-1].Head(), day(20), town().sign)
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, size-1).Draw(t, "i")
		j := rapid.IntRange(0, size-1).Filter(func(j int) bool { return j != i }).Draw(t, "j")
		changed := slices.Clone(all)
		var kind string
		var number int
		switch rapid.SampledFrom([]string{"remove", "move", "repeat", "swap", "cut", "merge", "replace"}).Draw(t, "change") {
		case "remove":
			changed, kind, number = slices.Delete(changed, i, i+1), ledger.Removed, i+1
			if i == size-1 {
				kind = ledger.CutOff
			}
		case "move":
			changed = slices.Insert(slices.Delete(changed, i, i+1), j, all[i])
			kind, number = ledger.Reordered, min(i, j)+1
		case "repeat": // behind itself: in front of itself it cannot be told from moving
			i, j = min(i, j), max(i, j)
			changed, kind, number = slices.Insert(changed, j+1, all[i]), ledger.Repeated, i+1
		case "swap":
			changed[i], changed[j] = changed[j], changed[i]
			kind, number = ledger.Reordered, min(i, j)+1
		case "cut":
			changed, kind, number = changed[:i], ledger.CutOff, i+1
		case "merge":
			changed[i] = bytes.TrimSuffix(changed[i], []byte("\n"))
			kind, number = ledger.Edited, i+1
			if i == size-1 {
				kind = ledger.CutOff
			}
		case "replace": // by an earlier or later one
			changed[i] = all[j]
			kind, number = ledger.Removed, i+1
		}
		r, err := ledger.Verify(bytes.NewReader(bytes.Join(changed, nil)), ledger.Trust{Keys: both(), Heads: []ledger.Head{head}})
		if err != nil || r.OK() || r.Findings[0].Number != int64(number) || r.Findings[0].Kind != kind {
			t.Fatalf("got %+v %v, want %s %d", r.Findings, err, kind, number)
		}
	})
}

// TestAnyFlipOfArchive flips one bit of an archive: it is found, or the files within are still what they were (the ZIP
// format has bytes that nobody reads).
func TestAnyFlipOfArchive(t *testing.T) {
	whole := archive(t, chain(t, 7))
	files := unzip(t, whole)
	check := func(t interface {
		Fatalf(format string, args ...any)
		Helper()
	}, at, bit int,
	) {
		t.Helper()
		flipped := slices.Clone(whole)
		flipped[at] ^= 1 << bit
		r, err := ledger.VerifyArchive(bytes.NewReader(flipped), int64(len(flipped)), ledger.Trust{Keys: both()})
		if err != nil {
			t.Fatalf("bit %d of byte %d: %v", bit, at, err)
		}
		if !r.OK() {
			return
		}
		for i, f := range unzip(quiet{}, flipped) {
			if f.name != files[i].name || !bytes.Equal(f.data, files[i].data) {
				t.Fatalf("bit %d of byte %d: no finding, but %s is another", bit, at, f.name)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.IntRange(0, len(whole)-1).Draw(t, "byte"), rapid.IntRange(0, 7).Draw(t, "bit"))
	})
}

// quiet lets a helper be used where nothing can go wrong.
type quiet struct{ testing.TB }

func (quiet) Helper()           {}
func (quiet) Fatal(args ...any) { panic(args) }

func FuzzParse(f *testing.F) {
	for _, l := range lines(chain(f, 7)) {
		f.Add(bytes.TrimSuffix(l, []byte("\n")))
	}
	f.Add([]byte(`{}`))
	f.Add([]byte("null"))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := ledger.Parse(line)
		if err != nil {
			return
		}
		if got := ledger.Append(nil, e); string(got) != string(line)+"\n" {
			t.Errorf("Parse(%q) is written as %q", line, got)
		}
		if c, err := ledger.Canonical(line); err != nil || !bytes.Equal(c, line) {
			t.Errorf("Parse takes %q, but the canonical form is %q (%v)", line, c, err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	f.Add(bytes.Join(lines(chain(f, 4)), nil))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := ledger.Verify(bytes.NewReader(file), ledger.Trust{Keys: both()})
		if err != nil {
			t.Fatal(err)
		}
		if r.OK() && len(file) > 0 && !bytes.HasPrefix(bytes.Join(lines(chain(t, 9)), nil), file) {
			t.Errorf("%q verifies, but was never signed", file)
		}
	})
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`{"b":[1,2.50,-0,1e30,4.5e-7],"a":"\u20ac\ud83d\ude02\u000f\n"}`, `[{"a":null},true,"<&>"]`, `1e400`, `{"a":1,"a":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, value []byte) {
		c, err := ledger.Canonical(value)
		if err != nil {
			return
		}
		again, err := ledger.Canonical(c)
		if err != nil || !bytes.Equal(c, again) {
			t.Errorf("Canonical(%q) = %q, whose canonical form is %q (%v)", value, c, again, err)
		}
	})
}

// TestCanonical has the examples of RFC 8785 §3.2.2 to §3.2.4 and what RFC 7493 forbids.
func TestCanonical(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`},
		{`{"\u20ac":1,"\r":2,"\ufb33":3,"1":4,"\ud83d\ude00":5,"\u0080":6,"\u00f6":7}`, "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"ö\":7,\"€\":1,\"😀\":5,\"\ufb33\":3}"},
		{` [ -0 , 0.0, 1e21, 1e-6, 1e-7, 123456789012345680000.0 ] `, `[0,0,1e+21,0.000001,1e-7,123456789012345680000]`},
		{`"<>&` + "\u2028\u007f" + `"`, `"<>&` + "\u2028\u007f" + `"`},
		{`[]`, `[]`}, {`{}`, `{}`}, {`{"a":{},"b":[[]]}`, `{"a":{},"b":[[]]}`},
		{`9007199254740991`, `9007199254740991`},
		{`9007199254740992`, ``}, {`1e400`, ``}, {`{"a":1,"a":1}`, ``}, {`1 2`, ``}, {`{"a":}`, ``}, {`[1,]`, ``}, {``, ``}, {"\"\xff\"", ``},
		{`"\ud800"`, ``}, {`"\udc00\ud800"`, ``}, {`"\ud83d\ude02 \\ud800"`, `"😂 \\ud800"`},
	} {
		got, err := ledger.Canonical([]byte(c.in))
		if string(got) != c.want || (err == nil) != (c.want != "") {
			t.Errorf("Canonical(%s) = %s, %v; want %s", c.in, got, err, c.want)
		}
	}
	if _, err := ledger.Canonical(bytes.Repeat([]byte("["), 200)); err == nil {
		t.Error("200 arrays within each other are accepted")
	}
}

package wiki

import (
	"slices"
	"strings"
	"unicode"
)

// What can have become of a line.
const (
	Same    = "same"
	Added   = "added"
	Removed = "removed"
)

// Line is a line of one text or of both.
type Line struct {
	Kind   string
	Before int // its number in the first text, from 1; 0 for none
	After  int // in the second
	Pieces []Piece
}

// Piece is a part of a line; Changed where its counterpart in the other text says something else.
type Piece struct {
	Text    string
	Changed bool
}

// most is how large a table of a comparison may become. What is larger is compared roughly: all of it has changed.
const most = 1_000_000

// Compare returns two texts line by line: what stands in both, and what in one of them only. A line that was changed is
// one that goes and one that comes, and says in which words they differ.
func Compare(a, b string) []Line {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	lines := []Line{}
	i, j := 0, 0
	change := func(to, too int) {
		gone, come := x[i:to], y[j:too]
		old, fresh := make([][]Piece, len(gone)), make([][]Piece, len(come))
		for n := range min(len(gone), len(come)) {
			old[n], fresh[n] = inWords(gone[n], come[n])
		}
		for n, s := range gone {
			if old[n] == nil {
				old[n] = []Piece{{s, true}}
			}
			lines = append(lines, Line{Removed, i + n + 1, 0, old[n]})
		}
		for n, s := range come {
			if fresh[n] == nil {
				fresh[n] = []Piece{{s, true}}
			}
			lines = append(lines, Line{Added, 0, j + n + 1, fresh[n]})
		}
	}
	for _, m := range common(x, y) {
		change(m[0], m[1])
		lines = append(lines, Line{Same, m[0] + 1, m[1] + 1, []Piece{{x[m[0]], false}}})
		i, j = m[0]+1, m[1]+1
	}
	change(len(x), len(y))
	return lines
}

// inWords compares two lines by their words; nil if they have little in common.
func inWords(a, b string) (old, fresh []Piece) {
	x, y := words(a), words(b)
	pairs := common(x, y)
	n := 0
	for _, m := range pairs {
		n += len(strings.TrimSpace(x[m[0]]))
	}
	if 3*n < max(len(a), len(b)) {
		return nil, nil
	}
	in, also := map[int]bool{}, map[int]bool{}
	for _, m := range pairs {
		in[m[0]], also[m[1]] = true, true
	}
	pieces := func(list []string, same map[int]bool) (out []Piece) {
		for i, w := range list {
			if k := len(out) - 1; k >= 0 && out[k].Changed == !same[i] {
				out[k].Text += w
			} else {
				out = append(out, Piece{w, !same[i]})
			}
		}
		return out
	}
	return pieces(x, in), pieces(y, also)
}

// words splits a line into words and what is between them.
func words(s string) (list []string) {
	kind := func(r rune) int {
		switch {
		case unicode.IsSpace(r):
			return 1
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r):
			return 2
		}
		return 3
	}
	start, last := 0, 0
	for i, r := range s {
		k := kind(r)
		if i > 0 && (k != last || k == 3) {
			list = append(list, s[start:i])
			start = i
		}
		last = k
	}
	if start < len(s) {
		list = append(list, s[start:])
	}
	return list
}

// common returns the places of a longest common subsequence of two lists, in order.
func common(a, b []string) [][2]int {
	var pairs [][2]int
	front := 0
	for front < len(a) && front < len(b) && a[front] == b[front] {
		pairs = append(pairs, [2]int{front, front})
		front++
	}
	back := 0
	for back < len(a)-front && back < len(b)-front && a[len(a)-1-back] == b[len(b)-1-back] {
		back++
	}
	x, y := a[front:len(a)-back], b[front:len(b)-back]
	if len(x)*len(y) <= most {
		pairs = append(pairs, table(x, y, front)...)
	}
	for n := range back {
		pairs = append(pairs, [2]int{len(a) - back + n, len(b) - back + n})
	}
	return pairs
}

func table(a, b []string, offset int) (pairs [][2]int) {
	width := len(b) + 1
	long := make([]int32, (len(a)+1)*width) // length of the longest common subsequence of a[i:] and b[j:]
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				long[i*width+j] = long[(i+1)*width+j+1] + 1
			} else {
				long[i*width+j] = max(long[(i+1)*width+j], long[i*width+j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			pairs = append(pairs, [2]int{offset + i, offset + j})
			i++
			j++
		case long[(i+1)*width+j] >= long[i*width+j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// Merged is two texts that were made from one, put together.
type Merged struct {
	Words string
	Both  int // places that both have changed: there both wordings stand, the own first
}

// Merge puts two texts together that were made from the same. What one of them changed is taken from it; where both changed
// the same place differently, both wordings stay, one below the other. Nothing that somebody added is left out.
func Merge(base, own, theirs string) Merged {
	x, y, z := strings.Split(base, "\n"), strings.Split(own, "\n"), strings.Split(theirs, "\n")
	inOwn, inTheirs := map[int]int{}, map[int]int{}
	for _, m := range common(x, y) {
		inOwn[m[0]] = m[1]
	}
	for _, m := range common(x, z) {
		inTheirs[m[0]] = m[1]
	}
	var m Merged
	var out []string
	i, j, k := 0, 0, 0
	part := func(to, too, three int) {
		was, mine, other := x[i:to], y[j:too], z[k:three]
		switch {
		case slices.Equal(mine, other), slices.Equal(was, other):
			out = append(out, mine...)
		case slices.Equal(was, mine):
			out = append(out, other...)
		default:
			m.Both++
			out = append(append(out, mine...), other...)
		}
	}
	for n := range x {
		a, ok := inOwn[n]
		b, also := inTheirs[n]
		if !ok || !also {
			continue
		}
		part(n, a, b)
		out = append(out, x[n])
		i, j, k = n+1, a+1, b+1
	}
	part(len(x), len(y), len(z))
	m.Words = strings.Join(out, "\n")
	return m
}

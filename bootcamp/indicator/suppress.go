package indicator

import (
	"math"
	"slices"
)

// Few is below how many a figure of people is hidden from readers who may not see who they are.
const Few = 5

// small is a figure as it may have to be hidden.
type small struct {
	value  int64
	hidden bool
	last   bool // hidden for the sake of another one only if nothing else is left
	open   bool // says nothing of how many people there are, so it may be small: hours
}

// relation is an equation between figures that are shown together: the sum of parts less what counts again is the whole.
type relation struct {
	parts []string // with the sign +
	less  []string // with the sign -
	whole string
}

func (r *relation) names() []string { return slices.Concat(r.parts, r.less, []string{r.whole}) }

// conceal hides figures until nobody can compute one that is hidden from what is shown. To begin with those are hidden
// that are small. Whoever knows all equations gets no hidden figure out of them, and where hidden figures have a known
// sum, it leaves several ways to divide it. Zero is always shown: it says nothing about anybody.
func conceal(all map[string]*small, relations []relation) {
	for changed := true; changed; {
		changed = false
		for i := range relations {
			if r := &relations[i]; narrow(all, r) && hide(all, r.names()) {
				changed = true
			}
		}
		if from := giveaway(all, relations); from != nil && hide(all, from) {
			changed = true
		}
	}
}

// narrow reports whether hidden parts of a whole have a sum that leaves hardly a choice.
func narrow(all map[string]*small, r *relation) bool {
	if w := all[r.whole]; w == nil || w.hidden {
		return false
	}
	n, sum := int64(0), int64(0)
	for _, name := range r.parts {
		if x := all[name]; x != nil && x.hidden {
			if x.open {
				return false
			}
			n++
			sum += x.value
		}
	}
	for _, name := range r.less {
		if x := all[name]; x != nil && x.hidden {
			return false
		}
	}
	return n > 0 && sum < n+2
}

// hide hides the smallest of figures that is shown and not zero, and reports whether there was one.
func hide(all map[string]*small, names []string) bool {
	var best *small
	for _, name := range names {
		x := all[name]
		if x == nil || x.hidden || x.value == 0 {
			continue
		}
		if best == nil || best.last && !x.last || best.last == x.last && x.value < best.value {
			best = x
		}
	}
	if best == nil {
		return false
	}
	best.hidden = true
	return true
}

// coefficients of a relation: the sum of all is zero.
func (r *relation) coefficients(f func(name string, c float64)) {
	for _, name := range r.parts {
		f(name, 1)
	}
	for _, name := range r.less {
		f(name, -1)
	}
	f(r.whole, -1)
}

// giveaway returns the figures that are shown and from which a hidden one follows: the first that there is, nil for none.
// A hidden figure follows from the equations if its unit vector lies in the space of their rows, restricted to what is
// hidden. Beside each row stands of which equations it is made.
func giveaway(all map[string]*small, relations []relation) []string {
	column := map[string]int{}
	for i := range relations {
		relations[i].coefficients(func(name string, _ float64) {
			if x := all[name]; x != nil && x.hidden {
				if _, there := column[name]; !there {
					column[name] = len(column)
				}
			}
		})
	}
	hidden := len(column)
	rows := make([][]float64, len(relations))
	for i := range relations {
		rows[i] = make([]float64, hidden+len(relations))
		rows[i][hidden+i] = 1
		relations[i].coefficients(func(name string, c float64) {
			if k, there := column[name]; there {
				rows[i][k] += c
			}
		})
	}
	for _, row := range reduced(rows, hidden) {
		n := 0
		for _, x := range row[:hidden] {
			if math.Abs(x) >= tiny {
				n++
			}
		}
		if n != 1 {
			continue
		}
		net := map[string]float64{}
		for i := range relations {
			if c := row[hidden+i]; math.Abs(c) >= tiny {
				relations[i].coefficients(func(name string, x float64) { net[name] += c * x })
			}
		}
		var from []string
		for name, c := range net {
			if x := all[name]; x != nil && !x.hidden && x.value != 0 && math.Abs(c) >= tiny {
				from = append(from, name)
			}
		}
		if len(from) > 0 {
			slices.Sort(from)
			return from
		}
	}
	return nil
}

const tiny = 1e-9

// reduced brings rows into their reduced echelon form in the first columns, and returns those that have a pivot.
func reduced(rows [][]float64, columns int) [][]float64 {
	done := 0
	for c := range columns {
		best := done
		for i := done; i < len(rows); i++ {
			if math.Abs(rows[i][c]) > math.Abs(rows[best][c]) {
				best = i
			}
		}
		if best >= len(rows) || math.Abs(rows[best][c]) < tiny {
			continue
		}
		rows[done], rows[best] = rows[best], rows[done]
		pivot := rows[done][c]
		for k := range rows[done] {
			rows[done][k] /= pivot
		}
		for i := range rows {
			if f := rows[i][c]; i != done && math.Abs(f) >= tiny {
				for k := range rows[i] {
					rows[i][k] -= f * rows[done][k]
				}
			}
		}
		done++
	}
	return rows[:done]
}

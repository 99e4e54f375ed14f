package indicator

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// table is parts of a whole, as somebody reads it: -1 is hidden.
func read(parts []int64) (shown []int64, whole int64) {
	all := map[string]*small{}
	r := relation{whole: "whole"}
	var sum int64
	for i, n := range parts {
		name := fmt.Sprint(i)
		all[name] = &small{value: n, hidden: n > 0 && n < Few}
		r.parts = append(r.parts, name)
		sum += n
	}
	all["whole"] = &small{value: sum, hidden: sum > 0 && sum < Few, last: true}
	conceal(all, []relation{r})
	for _, name := range append(r.parts, "whole") {
		n := all[name].value
		if all[name].hidden {
			n = -1
		}
		shown = append(shown, n)
	}
	return shown[:len(parts)], shown[len(parts)]
}

// Whoever fills in what is hidden by numbers of which none is zero finds several for every hidden figure.
func TestNothingHiddenCanBeComputed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Int64Range(0, 9), 1, 5).Draw(t, "parts")
		shown, whole := read(parts)
		if whole < 0 {
			return // without the sum nothing follows
		}
		rest := whole
		var hidden []int
		for i, n := range shown {
			if n < 0 {
				hidden = append(hidden, i)
				if parts[i] == 0 {
					t.Fatalf("%v: zero is hidden", parts)
				}
				continue
			}
			if n > 0 && n < Few {
				t.Fatalf("%v: %d is shown", parts, n)
			}
			rest -= n
		}
		if len(hidden) == 0 {
			return
		}
		found := make([]map[int64]bool, len(hidden))
		for i := range found {
			found[i] = map[int64]bool{}
		}
		var fill func(i int, left int64, so []int64)
		fill = func(i int, left int64, so []int64) {
			if i == len(hidden) {
				if left == 0 {
					for k, n := range so {
						found[k][n] = true
					}
				}
				return
			}
			for n := int64(1); n <= left; n++ {
				fill(i+1, left-n, append(so, n))
			}
		}
		fill(0, rest, nil)
		for i, values := range found {
			if len(values) < 2 {
				t.Fatalf("%v is read as %v of %d: part %d can only be %v", parts, shown, whole, hidden[i], values)
			}
		}
	})
}

// A cell that connects two blocks of a table follows from the sums although two are hidden in each row and column.
func TestABridgeIsHidden(t *testing.T) {
	t.Parallel()
	all := map[string]*small{}
	var relations []relation
	cells := [4][4]int64{{7, 8, 9, 2}, {8, 6, 2, 9}, {9, 2, 7, 8}, {2, 9, 8, 30}}
	for i := range cells {
		row, column := relation{whole: fmt.Sprint("row", i)}, relation{whole: fmt.Sprint("column", i)}
		var sums [2]int64
		for k := range cells {
			row.parts, column.parts = append(row.parts, fmt.Sprint(i, k)), append(column.parts, fmt.Sprint(k, i))
			sums[0] += cells[i][k]
			sums[1] += cells[k][i]
			all[fmt.Sprint(i, k)] = &small{value: cells[i][k], hidden: cells[i][k] < Few}
		}
		all[row.whole], all[column.whole] = &small{value: sums[0], last: true}, &small{value: sums[1], last: true}
		relations = append(relations, row, column)
	}
	conceal(all, relations)
	if got := giveaway(all, relations); got != nil {
		t.Errorf("something hidden follows from %v", got)
	}
	for name, x := range all {
		if x.value < Few && !x.hidden {
			t.Errorf("%s is shown: %d", name, x.value)
		}
	}
	if all["row0"].hidden || all["column3"].hidden {
		t.Error("a sum is hidden although parts could be")
	}
}

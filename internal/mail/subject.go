package mail

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"palestra/internal/store"
)

// normal is an address as letters are found by it.
func normal(to string) string { return strings.ToLower(strings.TrimSpace(to)) }

func byAddress(to string) store.Query {
	return store.Query{Index: "byAddress", Equal: []any{normal(to)}, Limit: 100}
}

// CountTo returns how many letters to an address are kept, at most limit.
func (p *Post) CountTo(ctx context.Context, to string, limit int) (int, error) {
	q := byAddress(to)
	q.Limit = 0
	return p.letters.Count(ctx, q, limit)
}

// To calls f with every letter to an address that is kept.
func (p *Post) To(ctx context.Context, to string, f func(Letter) error) error {
	if normal(to) == "" {
		return nil
	}
	return p.letters.Each(ctx, byAddress(to), f)
}

// Forget removes the letters to an address, those that are still on their way only if all is true.
func (p *Post) Forget(ctx context.Context, to string, all bool) error {
	return p.To(ctx, to, func(l Letter) error {
		if l.State == Due && !all {
			return nil
		}
		return p.remove(ctx, l)
	})
}

// byMark stands in a letter's text for the name of whoever caused it.
const byMark = "{{by}}"

// whole returns the letter as its reader gets it.
func (l Letter) whole() Letter {
	if l.Cause != "" {
		by := l.By
		if by == "" {
			by = l.Instead
		}
		l.Subject, l.Text = strings.ReplaceAll(l.Subject, byMark, by), strings.ReplaceAll(l.Text, byMark, by)
	}
	return l
}

// Unname takes the name of somebody out of the letters that she has caused to others.
func (p *Post) Unname(ctx context.Context, cause string) error {
	if cause == "" {
		return nil
	}
	return p.letters.Each(ctx, store.Query{Index: "byCause", Equal: []any{cause}, Limit: 100}, func(l Letter) error {
		l, err := p.letters.Update(ctx, l.ID, func(d *Letter) error { d.By = ""; return nil })
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil && l.State == Kept && p.c.Folder != "" {
			err = keep(p.c.Folder, l.whole())
		}
		if err != nil {
			return fmt.Errorf("mail.Unname: %w", err)
		}
		return nil
	})
}

// remove deletes a letter, and its file if there is one.
func (p *Post) remove(ctx context.Context, l Letter) error {
	if err := p.letters.Delete(ctx, l.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("mail: %w", err)
	}
	if p.c.Folder == "" {
		return nil
	}
	if err := os.Remove(filepath.Join(p.c.Folder, l.ID+".eml")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

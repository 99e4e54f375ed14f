package discussion

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"palestra/bootcamp/attachment"
	"palestra/internal/store"
	"palestra/people"
)

// Holds implements people.Keeper.
func (s *Service) Holds(ctx context.Context, p people.Subject) ([]people.Held, error) {
	list, err := s.voicesOf(ctx, p)
	if err != nil {
		return nil, err
	}
	said := 0
	for _, v := range list {
		n, err := s.posts.Count(ctx, v.Org, store.Query{Index: "byWho", Equal: []any{v.Doc.Who}}, people.CountAtMost)
		if err != nil {
			return nil, wrap("Holds", err)
		}
		said = min(said+n, people.CountAtMost)
	}
	var held []people.Held
	return append(held, people.Held{What: "posts", Count: said, Stays: true}), nil
}

// Until implements people.Keeper.
func (s *Service) Until(context.Context, people.Subject) (time.Time, error) { return time.Time{}, nil }

// voicesOf returns the voices that somebody has for an organisation.
func (s *Service) voicesOf(ctx context.Context, p people.Subject) ([]store.Owned[Voice], error) {
	var list []store.Owned[Voice]
	for cursor := ""; ; {
		page, err := s.voices.Across(ctx, store.Query{Index: "ofPerson", Equal: []any{p.Person}, Cursor: cursor, Limit: store.MaxLimit})
		if err != nil {
			return nil, wrap("voicesOf", err)
		}
		for _, v := range page.Docs {
			if v.Doc.Town == p.Organisation {
				list = append(list, v)
			}
		}
		if cursor = page.Next; cursor == "" {
			return list, nil
		}
	}
}

// Erase implements people.Keeper: her name goes, also where others have mentioned her, with what she has read and
// followed. What was said belongs to the host and stays, of somebody without a name.
func (s *Service) Erase(ctx context.Context, p people.Subject, heir string, _ bool) error {
	list, err := s.voicesOf(ctx, p)
	if err != nil {
		return err
	}
	for _, v := range list {
		if err := s.erase(ctx, v.Org, v.Doc, heir); err != nil {
			return wrap("Erase", err)
		}
	}
	return nil
}

func (s *Service) erase(ctx context.Context, host string, v Voice, heir string) error {
	nobody := v
	nobody.Meta = store.Meta{ID: join(v.Room, heir)}
	nobody.Person, nobody.Name, nobody.Mail, nobody.All, nobody.Letter, nobody.Due, nobody.Stop = heir, "", MailNever, false, nil, nil, heir
	if err := s.voices.Insert(ctx, host, nobody); err != nil && !errors.Is(err, store.ErrDuplicate) {
		return err
	}
	for _, follows := range []bool{false, true} {
		var ids []string
		err := s.marks.Each(ctx, host, store.Query{Index: "byWho", Equal: []any{v.Who, follows}}, func(m Mark) error { ids = append(ids, m.ID); return nil })
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.marks.Delete(ctx, host, id); gone(err) != nil {
				return err
			}
		}
	}
	var reports []Report
	err := s.reports.Each(ctx, host, store.Query{Index: "byWho", Equal: []any{v.Who}}, func(r Report) error { reports = append(reports, r); return nil })
	if err != nil {
		return err
	}
	for _, r := range reports { // its words may say who she is
		if _, err := s.reports.Update(ctx, host, r.ID, func(r *Report) error { r.Words = ""; return nil }); gone(err) != nil {
			return err
		}
	}
	return gone(s.voices.Delete(ctx, host, v.ID))
}

// Rename implements people.Keeper: posts and mentions name her by a word, behind which one document of a room says who she is.
func (s *Service) Rename(ctx context.Context, p people.Subject) error {
	list, err := s.voicesOf(ctx, p)
	if err != nil {
		return err
	}
	for _, v := range list {
		if v.Doc.Name == p.Name {
			continue
		}
		if _, err := s.voices.Update(ctx, v.Org, v.Doc.ID, func(v *Voice) error { v.Name = p.Name; return nil }); gone(err) != nil {
			return wrap("Rename", err)
		}
	}
	return nil
}

// Copy implements people.Keeper: what she said, with her files.
func (s *Service) Copy(ctx context.Context, p people.Subject, files people.Files) error {
	list, err := s.voicesOf(ctx, p)
	if err != nil || len(list) == 0 {
		return err
	}
	w, err := files.Create("posts.ndjson")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	type kept struct {
		host string
		attachment.File
	}
	var sent []kept
	for _, v := range list {
		err := s.posts.Each(ctx, v.Org, store.Query{Index: "byWho", Equal: []any{v.Doc.Who}}, func(d Post) error {
			names, err := s.names(ctx, v.Org, mentioned(d.Words))
			if err != nil {
				return err
			}
			for _, f := range d.Files {
				sent = append(sent, kept{v.Org, f})
			}
			return lines.Encode(struct {
				Room     string            `json:"room"`
				Thread   string            `json:"thread"`
				Number   int               `json:"number"`
				At       time.Time         `json:"at"`
				State    string            `json:"state"`
				Language string            `json:"language"`
				Words    string            `json:"words"`
				Files    []attachment.File `json:"files"`
			}{d.Room, d.Thread, d.Number, d.At, d.State, d.Language, Named(d.Words, names, false, ""), d.Files})
		})
		if err != nil {
			return wrap("Copy", err)
		}
	}
	for _, f := range sent {
		if err := s.copyFile(ctx, f.host, f.File, files); err != nil {
			return wrap("Copy", err)
		}
	}
	return nil
}

func (s *Service) copyFile(ctx context.Context, host string, f attachment.File, files people.Files) error {
	w, err := files.Create("posts/" + f.ID + "/" + f.Name)
	if err != nil {
		return err
	}
	return s.files.Copy(ctx, host, f, w)
}

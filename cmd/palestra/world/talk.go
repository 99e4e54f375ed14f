package world

import "slices"

// Chats are what people talk about.
type Chats struct {
	Talks []Talk `yaml:"talks"`
}

// Talk is a thread in the first cohort of a bootcamp, or under a practice.
type Talk struct {
	Bootcamp string `yaml:"bootcamp"` // English title
	Practice string `yaml:"practice"` // English title
	Session  string `yaml:"session"`  // title of the session that it is about
	Title    string `yaml:"title"`
	Asks     bool   `yaml:"asks"`
	Answer   int    `yaml:"answer"` // number of the accepted post
	Posts    []Said `yaml:"posts"`
}

// Said is a post.
type Said struct {
	Who      string   `yaml:"who"`
	Town     string   `yaml:"town"`
	Day      int      `yaml:"day"`
	Language string   `yaml:"language"`
	Words    string   `yaml:"words"`
	Mentions []string `yaml:"mentions"`
	Re       int      `yaml:"re"`
}

// cut leaves what people said who are there.
func (x *Chats) cut(known func(email string) bool) {
	for i := range x.Talks {
		t := &x.Talks[i]
		t.Posts = slices.DeleteFunc(t.Posts, func(p Said) bool { return !known(p.Who) })
		t.Answer = 0
		for n := range t.Posts {
			t.Posts[n].Mentions, t.Posts[n].Re = nil, 0
		}
	}
	x.Talks = slices.DeleteFunc(x.Talks, func(t Talk) bool { return len(t.Posts) == 0 })
}

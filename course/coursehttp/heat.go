package coursehttp

import (
	"context"

	"palestra/course"
	"palestra/people/peoplehttp"
)

// HeatBody says how a lesson's video was watched, by everybody who learns the course. Figures are rounded down to multiples
// of the group.
type HeatBody struct {
	Video    string  `json:"video"`
	Length   float64 `json:"length" doc:"Seconds"`
	Step     int64   `json:"step" doc:"Seconds that one figure stands for"`
	Group    int     `json:"group" doc:"Least number of learners behind a figure"`
	Viewers  int64   `json:"viewers" doc:"Learners who have seen anything of it"`
	Hidden   bool    `json:"hidden" doc:"Too few learners for figures"`
	Counting bool    `json:"counting" doc:"More is being counted"`
	Seen     []int64 `json:"seen" doc:"Learners who have seen it"`
	Reached  []int64 `json:"reached" doc:"Learners who came at least so far"`
	Replays  []int64 `json:"replays" doc:"Learners who have played it in more than one session"`
}

func (h *handlers) heat(ctx context.Context, in *LessonInput) (*peoplehttp.Out[HeatBody], error) {
	m, err := h.svc.Heat(ctx, in.By, in.ID, in.L)
	if err != nil {
		return nil, err
	}
	figures := func(f []int64) []int64 { return append(make([]int64, 0, len(f)), f...) }
	return out(HeatBody{Video: m.Video, Length: seconds(m.Length), Step: m.Step, Group: course.HeatGroup, Viewers: m.Viewers, Hidden: m.Hidden, Counting: m.Counting,
		Seen: figures(m.Seen), Reached: figures(m.Reached), Replays: figures(m.Replays)}), nil
}

package live

import "go.mongodb.org/mongo-driver/v2/bson"

// clone copies a state, so that it can be stored while it changes.
func (s *State) clone() (State, error) {
	var out State
	b, err := bson.Marshal(s)
	if err == nil {
		err = bson.Unmarshal(b, &out)
	}
	out.complete()
	return out, wrap("clone", err)
}

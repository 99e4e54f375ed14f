package pebblestore

import (
	"encoding/binary"
	"fmt"
	"sync"

	"github.com/cockroachdb/pebble/v2"

	"palestra/internal/store"
	"palestra/internal/store/key"
)

// towns gives each organisation the number under which keys know it. They are all in memory: an installation has
// thousands, not millions.
type towns struct {
	mu      sync.RWMutex
	numbers map[string]uint32 // guarded by mu
	names   []string          // by number; guarded by mu
}

// loadTowns reads the towns that have a number.
func loadTowns(db *pebble.DB) (*towns, error) {
	t := &towns{numbers: map[string]uint32{"": noTown}, names: []string{""}}
	iter, err := db.NewIter(&pebble.IterOptions{LowerBound: []byte{spaceTown}, UpperBound: []byte{spaceTown + 1}})
	if err != nil {
		return nil, err
	}
	defer iter.Close()
	for iter.First(); iter.Valid(); iter.Next() {
		name, _, err := key.DecodeText(iter.Key()[1:])
		if err != nil || len(iter.Value()) != 4 {
			return nil, fmt.Errorf("town %x: %w", iter.Key(), key.ErrMalformed)
		}
		number := binary.BigEndian.Uint32(iter.Value())
		for uint32(len(t.names)) <= number {
			t.names = append(t.names, "")
		}
		t.numbers[name], t.names[number] = number, name
	}
	return t, iter.Error()
}

// find returns the number of a town, or unknownTown if nothing of it was ever stored.
func (t *towns) find(name string) uint32 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if n, ok := t.numbers[name]; ok {
		return n
	}
	return unknownTown
}

// give returns the number of a town, which gets one if it has none. The number comes into the log before whatever is
// stored under it.
func (t *towns) give(db *pebble.DB, name string) (uint32, error) {
	if n := t.find(name); n != unknownTown {
		return n, nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if n, ok := t.numbers[name]; ok {
		return n, nil
	}
	n := uint32(len(t.names))
	if err := db.Set(key.AppendText([]byte{spaceTown}, name), binary.BigEndian.AppendUint32(nil, n), pebble.NoSync); err != nil {
		return 0, fmt.Errorf("pebblestore: a number for a town: %w", err)
	}
	t.numbers[name], t.names = n, append(t.names, name)
	return n, nil
}

// name returns the town of a number.
func (t *towns) name(number uint32) (string, error) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if uint64(number) >= uint64(len(t.names)) || number != noTown && t.names[number] == "" {
		return "", fmt.Errorf("pebblestore: %w: no town has the number %d", store.ErrInvalid, number)
	}
	return t.names[number], nil
}

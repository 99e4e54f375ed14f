package config

import (
	"errors"
	"testing"
)

func TestLimitsOfTheRecordStore(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		set  func(*Config)
		env  string // of the wrong setting; "" for none
	}{
		{"defaults", func(*Config) {}, ""},
		{"a smaller one", func(c *Config) { c.LRSBody = 1000 }, ""},
		{"negative", func(c *Config) { c.LRSStatement = -1 }, "PALESTRA_LRS_MAX_STATEMENT"},
		{"many statements", func(c *Config) { c.LRSBatch = 1001 }, "PALESTRA_LRS_MAX_BATCH"},
		{"a large document", func(c *Config) { c.LRSDocument = 16 << 20 }, "PALESTRA_LRS_MAX_DOCUMENT"},
		{"deep", func(c *Config) { c.LRSDepth = 65 }, "PALESTRA_LRS_MAX_DEPTH"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			c := &Config{Addr: "127.0.0.1:8080", Data: dir + "/data", Keys: dir + "/keys", Log: "info"}
			tc.set(c)
			err := c.Check()
			w, _ := errors.AsType[*Wrong](err)
			if tc.env == "" && err != nil || tc.env != "" && (w == nil || w.Env != tc.env) {
				t.Errorf("got %v, want %q", err, tc.env)
			}
		})
	}
}

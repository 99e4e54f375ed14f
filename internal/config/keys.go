package config

import "reflect"

// Keys lists every setting in the order of Config.
func Keys() []Key {
	t := reflect.TypeFor[Config]()
	keys := make([]Key, 0, t.NumField())
	for i := range t.NumField() {
		f := t.Field(i)
		_, secret := f.Tag.Lookup("secret")
		keys = append(keys, Key{Env: f.Tag.Get("env"), Default: f.Tag.Get("default"), Help: f.Tag.Get("help"), Secret: secret})
	}
	return keys
}

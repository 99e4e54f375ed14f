// Package arch proves the rules of the house: who may import whom, which library is used where, that the map in
// docs/architecture.md names every package, that every fault is translated and every setting documented. It holds tests
// only.
package arch

// Package xapi speaks the Experience API: the grammar of statements in versions 1.0.3 and 2.0 (IEEE 9274.1.1), the types
// with which the platform makes its own, the words it uses for videos and courses, and a client for any record store.
//
// Parse reads a statement once, token by token, and holds it against every rule; what it refuses it names by JSON
// pointer and by clause. It never re-encodes: what is kept is what was sent, so numbers, key order and extensions come
// back as they were. Clauses "Data" and "Communication" are those of xAPI 1.0.3.
package xapi

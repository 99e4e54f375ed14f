// Package store keeps documents: one small contract, two engines.
//
// A room declares what it keeps as a collection with indexes (NewTown, NewShared, NewGlobal, NewStream) and gets a
// handle with the type of its documents. The engine behind the handle is Pebble in this process (package pebblestore)
// or MongoDB (package mongostore); rooms cannot tell which, and package storetest proves it.
//
// What the contract promises:
//
//   - Whatever Insert, Update, Delete and Append have acknowledged survives a crash of the process and of the machine.
//   - Every query walks one declared index, forward or in reverse: equality on its first fields, then a range on the
//     next, in index order, with a limit and a cursor. There is no other query, so no call costs more than its page.
//   - Where adds equalities outside the index. Such a call examines at most MaxExamined entries and then returns a short,
//     possibly empty, page with a cursor.
//   - Paging returns every document that is there all the time and whose indexed fields do not change exactly once.
//   - Insert of several documents is all or none. Update is optimistic: it reads, calls a function, and writes if nobody
//     else wrote; otherwise it begins again. There are no other transactions: a state and the event it causes belong in
//     one document, and who reads events tolerates replays.
//   - In a stream, numbers are given without gaps, no number is visible before all lower ones are, and Stored never
//     decreases. Streams that are declared as thinned can lose documents; their numbers are never given again.
//   - A collection belongs to towns (the organisation is an argument of every call), is shared by several towns, or is
//     global. The same id in two towns names two documents.
//
// Strings are ordered by their bytes, times are cut to milliseconds, and the document's id is the last key of every
// index. An index takes only documents in which its fields are present and not null; a sparse one leaves the others
// out, any other refuses them at Insert.
package store

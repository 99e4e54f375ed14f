/* eslint-disable */
// What the pages expect of rooms whose interface the server does not describe yet. It shrinks as they land.

/** A text in several languages: language tag → text. */
export type Text = { [lang: string]: string };
type List<T> = { items: T[]; next: string };

export interface DraftComponents {
  schemas: {
    // learning
    CatalogueItem: {
      id: string; title: Text; summary: Text; languages: string[]; minutes: number; lessons: number;
      owner: { id: string; name: string }; enrolment: string | null; state: 'none' | 'open' | 'complete';
    };
    CatalogueCourse: {
      id: string; version: number; title: Text; summary: Text; languages: string[]; minutes: number;
      owner: { id: string; name: string }; enrolment: string | null; state: 'none' | 'open' | 'complete';
      modules: { id: string; title: Text; lessons: { id: string; kind: LessonKind; title: Text; minutes: number }[] }[];
    };
    /** One line of "what is still missing": plain facts, the page makes the sentence. */
    Requirement: {
      lesson: string; title: Text; kind: LessonKind; state: 'todo' | 'begun' | 'done'; at?: string;
      /** video: seconds seen, seconds needed, length; what is missing as [from, to] seconds */
      seen?: number; needed?: number; length?: number; gaps?: number[][]; transcriptCounts?: boolean; byTranscript?: boolean;
      /** quiz: right answers, needed, of how many; attempts left (-1: no limit) */
      score?: number; pass?: number; questions?: number; attemptsLeft?: number;
    };
    Enrolment: {
      id: string; course: { id: string; title: Text; languages: string[]; owner: string }; version: number;
      state: 'open' | 'complete'; begun: string; completed?: string; due?: string;
      done: number; of: number; minutes: number; certificate?: string;
      next?: { lesson: string; title: Text; kind: LessonKind; number: number; position?: number };
    };
    EnrolmentDetail: DraftComponents['schemas']['Enrolment'] & {
      modules: { id: string; title: Text; lessons: { id: string; kind: LessonKind; title: Text; minutes: number; state: 'todo' | 'begun' | 'done' }[] }[];
      requirements: DraftComponents['schemas']['Requirement'][];
    };
    EnrolledLesson: {
      id: string; kind: LessonKind; title: Text; languages: string[];
      course: { id: string; title: Text }; module: number; number: number; of: number; previous?: string; next?: string;
      requirement: DraftComponents['schemas']['Requirement'];
      /** what the whole course still needs, this lesson included */
      requirements: DraftComponents['schemas']['Requirement'][];
      text?: { html: Text };
      video?: { id: string; ready: boolean; duration: number; position: number; seen: number[][]; transcriptCounts: boolean };
      quiz?: { questions: number; pass: number; attempts: number; attemptsLeft: number; open?: string; taken: { id: string; number: number; score: number; of: number; passed: boolean; at: string }[] };
    };
    Credential: { endpoint: string; authorization: string; expires: string };
    Playback: {
      id: string; master: string; poster?: string; duration: number; position: number; seen: number[][];
      captions: { lang: string; url: string }[];
      credential: DraftComponents['schemas']['Credential'];
      xapi: { actor: object; object: object; registration: string };
    };
    Question: {
      id: string; kind: QuestionKind; prompt: Text;
      /** single, multiple, ordering; matching: the left side */
      options?: { id: string; text: Text }[];
      /** matching: the right side */
      matches?: { id: string; text: Text }[];
    };
    Answer: { question: string; choices?: string[]; text?: string; number?: number; pairs?: { [left: string]: string } };
    Attempt: {
      id: string; number: number; enrolment: string; lesson: string; state: 'open' | 'graded'; questions: DraftComponents['schemas']['Question'][];
      of: number; pass: number; score: number; passed: boolean; attemptsLeft: number;
      results?: { question: string; right: boolean; feedback?: Text[]; accepted?: Text[]; expected?: DraftComponents['schemas']['Answer']; given?: DraftComponents['schemas']['Answer'] }[];
    };
    Certificate: {
      id: string; code: string; url: string; person: string; organisation: string; course: { id: string; title: Text }; version: number;
      completed: string; minutes: number; record: string; explanation: DraftComponents['schemas']['Requirement'][]; revoked: boolean;
    };
    Home: {
      resume?: DraftComponents['schemas']['Enrolment'] & { requirement?: DraftComponents['schemas']['Requirement'] };
      due: { enrolment?: string; course: { id: string; title: Text }; due: string; minutes: number; state: 'none' | 'open' }[];
      open: DraftComponents['schemas']['Enrolment'][];
      year: { year: number; minutes: number; courses: number };
      latest?: { id: string; title: Text; completed: string; minutes: number };
    };

    // authoring
    Course: {
      id: string; rev: number; title: Text; summary: Text; languages: string[]; minutes: number; percent: number; lessons: number;
      visibility: 'town' | 'towns' | 'network' | 'public'; towns: string[];
      state: 'draft' | 'published' | 'unpublished'; changed: boolean; version: number; edited: string;
      modules: { id: string; title: Text; lessons: { id: string; kind: LessonKind; title: Text; optional: boolean }[] }[];
      problems: { code: string; lesson?: string; lang?: string; params?: { [k: string]: unknown } }[];
    };
    CourseLine: { id: string; title: Text; languages: string[]; state: 'draft' | 'published' | 'unpublished'; changed: boolean; version: number; edited: string; lessons: number };
    CourseInput: { title?: Text; summary?: Text; languages?: string[]; minutes?: number; percent?: number; visibility?: 'town' | 'towns' | 'network' | 'public'; towns?: string[] };
    Lesson: {
      id: string; rev: number; kind: LessonKind; title: Text; optional: boolean; body: Text; video: string; transcriptCounts: boolean;
      quiz?: { pass: number; attempts: number; shuffle: boolean; questions: DraftComponents['schemas']['QuestionDraft'][] };
    };
    LessonInput: { title: Text; optional?: boolean; body?: Text; video?: string; transcriptCounts?: boolean; quiz?: { pass: number; attempts: number; shuffle: boolean; questions: DraftComponents['schemas']['QuestionDraft'][] } };
    QuestionDraft: {
      id?: string; kind: QuestionKind; prompt: Text; feedback?: Text;
      options?: { id?: string; text: Text; right?: boolean; feedback?: Text; match?: Text }[];
      accepted?: Text[]; number?: number; tolerance?: number;
    };
    Version: { number: number; published: string; by: string; note?: string; lessons: number; current: boolean };
    LessonFault: { id: string; lesson: string; version: number; at: string; text: string; position?: number };

    // video
    Upload: { id: string; video: string; name: string; size: number; partSize: number; parts: { number: number; size: number; url: string | null; done: boolean; etag?: string }[]; resumed: boolean; state: string };
    Video: {
      id: string; name: string; state: 'uploading' | 'uploaded' | 'processing' | 'ready' | 'failed'; percent: number; playable: boolean; reason?: string;
      duration: number; poster?: string; sound: boolean; renditions: { name: string; height: number }[];
      captions: { lang: string; cues: number }[]; upload?: string; size: number; created: string;
    };

    // hr
    HrPerson: { id: string; name: string; email: string; unit?: string; courses: number; complete: number; overdue: number; minutes: number; left?: boolean };
    Completion: {
      id: string; person: { id: string; name: string }; course: { id: string; title: Text }; version: number;
      state: 'open' | 'complete' | 'revoked'; via: 'self' | 'hr'; begun: string; completed?: string; due?: string; minutes: number; done: number; of: number;
      record?: string; rule?: string; statements?: string[]; hash?: string; explanation?: DraftComponents['schemas']['Requirement'][];
      corrections?: { at: string; kind: 'correction' | 'withdrawal'; reason: string; record: string; minutes: number; done: string }[];
    };
    Assignment: { id: string; person: { id: string; name: string }; course: { id: string; title: Text }; enrolment: string; due: string; state: 'open' | 'done' | 'cancelled'; created: string };
    Reconciliation: { asOf: string; completions: number; statements: number; ledger: number; pending: number; differences: { kind: string; record: string; detail: string }[] };
  };
}

export type LessonKind = 'video' | 'text' | 'quiz';
export type QuestionKind = 'single' | 'multiple' | 'text' | 'number' | 'ordering' | 'matching';

type S = DraftComponents['schemas'];
type Json<T> = { content: { 'application/json': T }; headers: { [name: string]: unknown } };
type Failure = { content: { 'application/problem+json': { code?: string; detail?: string } }; headers: { [name: string]: unknown } };
type Params<P, Q> = { query?: Q; header?: { 'If-Match'?: string }; path: P; cookie?: never };
type NoPath = { [k: string]: never };
type Get<R, P = NoPath, Q = NoPath> = { parameters: P extends NoPath ? { query?: Q } : Params<P, Q>; responses: { 200: Json<R>; default: Failure } };
type Send<B, R, P = NoPath, Q = NoPath> = { parameters: P extends NoPath ? { query?: Q } : Params<P, Q>; requestBody: { content: { 'application/json': B } }; responses: { 200: Json<R>; default: Failure } };
type Act<R, P = NoPath> = { parameters: P extends NoPath ? {} : Params<P, never>; requestBody?: never; responses: { 200: Json<R>; default: Failure } };
type Id = { id: string };
type Page = { cursor?: string; limit?: number };

export interface draftPaths {
  '/catalogue': { get: Get<List<S['CatalogueItem']>, NoPath, Page & { q?: string }> };
  '/catalogue/{id}': { get: Get<S['CatalogueCourse'], Id> };
  '/enrolments': { get: Get<List<S['Enrolment']>, NoPath, Page & { state?: 'open' | 'complete' }>; post: Send<{ course: string }, S['Enrolment']> };
  '/enrolments/{e}': { get: Get<S['EnrolmentDetail'], { e: string }> };
  '/enrolments/{e}/lessons/{l}': { get: Get<S['EnrolledLesson'], { e: string; l: string }> };
  '/enrolments/{e}/lessons/{l}/playback': { post: Act<S['Playback'], { e: string; l: string }> };
  '/enrolments/{e}/lessons/{l}/read': { post: Act<void, { e: string; l: string }> };
  '/enrolments/{e}/lessons/{l}/transcript-read': { post: Act<void, { e: string; l: string }> };
  '/enrolments/{e}/lessons/{l}/faults': { post: Send<{ text: string; position?: number }, void, { e: string; l: string }> };
  '/enrolments/{e}/lessons/{l}/attempts': { post: Act<S['Attempt'], { e: string; l: string }> };
  '/enrolments/{e}/credential': { post: Act<S['Credential'], { e: string }> };
  '/attempts/{a}': { get: Get<S['Attempt'], { a: string }>; post: Send<{ answers: S['Answer'][] }, S['Attempt'], { a: string }> };
  '/certificates/{id}': { get: Get<S['Certificate'], Id> };
  '/home': { get: Get<S['Home']> };

  '/courses': { get: Get<List<S['CourseLine']>, NoPath, Page>; post: Send<{ title: Text; languages: string[] }, S['Course']> };
  '/courses/{id}': { get: Get<S['Course'], Id>; patch: Send<S['CourseInput'], S['Course'], Id>; delete: Act<void, Id> };
  '/courses/{id}/outline': { put: Send<{ modules: { id: string; lessons: string[] }[] }, S['Course'], Id> };
  '/courses/{id}/modules': { post: Send<{ title: Text }, S['Course'], Id> };
  '/courses/{id}/modules/{m}': { patch: Send<{ title: Text }, S['Course'], { id: string; m: string }>; delete: Act<S['Course'], { id: string; m: string }> };
  '/courses/{id}/modules/{m}/lessons': { post: Send<{ kind: LessonKind; title: Text }, S['Lesson'], { id: string; m: string }> };
  '/courses/{id}/lessons/{l}': { get: Get<S['Lesson'], { id: string; l: string }>; put: Send<S['LessonInput'], S['Lesson'], { id: string; l: string }>; delete: Act<void, { id: string; l: string }> };
  '/courses/{id}/publish': { post: Send<{ note?: string }, S['Course'], Id> };
  '/courses/{id}/unpublish': { post: Act<S['Course'], Id> };
  '/courses/{id}/duplicate': { post: Send<{ title?: Text }, S['Course'], Id> };
  '/courses/{id}/versions': { get: Get<List<S['Version']>, Id> };
  '/courses/{id}/versions/{n}/move-learners': { post: Act<{ moved: number }, { id: string; n: number }> };
  '/courses/{id}/preview': { get: Get<S['EnrolmentDetail'], Id> };
  '/courses/{id}/preview/lessons/{l}': { get: Get<S['EnrolledLesson'] & { playback?: S['Playback']; attempt?: S['Attempt'] }, { id: string; l: string }> };
  '/courses/{id}/faults': { get: Get<List<S['LessonFault']>, Id> };
  '/markdown': { post: Send<{ text: string; lang: string }, { html: string }> };

  '/uploads': { post: Send<{ name: string; size: number; type: string; lesson?: string; checksum?: string }, S['Upload']> };
  '/uploads/{id}': { get: Get<S['Upload'], Id>; delete: Act<void, Id> };
  '/uploads/{id}/parts': { post: Act<S['Upload'], Id> };
  '/uploads/{id}/finish': { post: Send<{ parts?: { number: number; etag: string }[] }, S['Video'], Id> };
  '/videos': { get: Get<List<S['Video']>, NoPath, Page> };
  '/videos/{id}': { get: Get<S['Video'], Id> };
  '/videos/{id}/retry': { post: Act<S['Video'], Id> };
  '/videos/{id}/captions/{lang}': { delete: Act<void, { id: string; lang: string }> };

  '/hr/people': { get: Get<List<S['HrPerson']>, NoPath, Page & { q?: string; former?: boolean }> };
  '/hr/completions': { get: Get<List<S['Completion']>, NoPath, Page & { person?: string; course?: string; state?: 'open' | 'complete' }> };
  '/hr/completions/{id}': { get: Get<S['Completion'], Id> };
  '/hr/completions/{id}/corrections': { post: Send<{ kind: 'correction' | 'withdrawal'; reason: string; minutes?: number; at?: string }, S['Completion'], Id> };
  '/hr/assignments': { get: Get<List<S['Assignment']>, NoPath, Page & { state?: 'open' | 'done' | 'cancelled' }>; post: Send<{ people: string[]; course: string; due: string }, { created: number }> };
  '/hr/assignments/{id}': { delete: Act<void, Id> };
  '/hr/reconciliation': { get: Get<S['Reconciliation']> };
}

// The names by which the pages call what the server sends.
import type { DraftComponents } from './schema.draft'
import type { components } from './schema.gen'

export type { LessonKind, QuestionKind, Text } from './schema.draft'
type S = components['schemas']
type D = DraftComponents['schemas']
export type Role = S['SessionBody']['roles'][number]
export type TownRole = S['MemberBody']['roles'][number]
/** Who is signed in. The organisation is null for somebody who belongs to none. */
export type Session = Omit<S['SessionBody'], 'organisation'> & { organisation: S['OrganisationBody'] | null }
export type Organisation = S['OrganisationBody']
export type OrganisationInput = S['CreateOrganisationInputBody']
export type Unit = S['UnitBody']
export type Member = S['MemberBody']
export type CatalogueItem = D['CatalogueItem']
export type Requirement = D['Requirement']
export type Enrolment = D['Enrolment']
export type EnrolmentDetail = D['EnrolmentDetail']
export type EnrolledLesson = D['EnrolledLesson']
export type Playback = D['Playback']
export type Credential = D['Credential']
export type Question = D['Question']
export type Answer = D['Answer']
export type Attempt = D['Attempt']
export type Course = D['Course']
export type CourseInput = D['CourseInput']
export type Lesson = D['Lesson']
export type QuestionDraft = D['QuestionDraft']
export type Upload = D['Upload']
export type Video = D['Video']
export type Completion = D['Completion']
export type Home = D['Home']
export type HrPerson = D['HrPerson']

// The names by which the pages call what the server sends.
import type { components, operations } from './schema.gen'

type S = components['schemas']
export type Text = Record<string, string>
export type Role = S['Session']['roles'][number]
export type TownRole = S['Member']['roles'][number]
/** Who is signed in. The organisation is null for somebody who belongs to none. */
export type Session = Omit<S['Session'], 'organisation'> & { organisation: S['Organisation'] | null }
export type Organisation = S['Organisation']
export type OrganisationInput = S['CreateOrganisationInput']
export type Unit = S['Unit']
export type Member = S['Member']
export type LessonKind = S['Requirement']['kind']
export type QuestionKind = S['Question']['kind']
export type CatalogueItem = S['CatalogueItem']
export type Requirement = S['Requirement']
export type Enrolment = S['Enrolment']
export type EnrolmentDetail = S['EnrolmentDetail']
export type EnrolledLesson = S['EnrolledLesson']
export type Playback = S['Playback']
export type Credential = S['Credential']
export type Question = S['Question']
export type Answer = S['Answer']
export type Attempt = S['Attempt']
export type Course = S['Course']
export type Lesson = S['Lesson']
export type QuestionDraft = S['QuestionDraft']
export type Upload = S['Upload']
export type Video = S['Video']
export type Completion = S['Completion']
export type Home = S['Home']
export type HrPerson = S['HRPerson']
export type CourseInput = operations['update-course']['requestBody']['content']['application/json']

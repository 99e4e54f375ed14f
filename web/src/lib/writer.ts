import { createContext } from 'react'

/** Who writes: what one person has not saved is not shown to another at the same machine. */
export const Writer = createContext('')

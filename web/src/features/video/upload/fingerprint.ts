const sample = 1 << 20
const block = 8 << 20 // as the server reckons digests

function hex(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, '0')).join('')
}

/** SHA-256 in hexadecimal; '' where the page is not served securely and the browser does not offer it. */
export async function sha256(data: Blob): Promise<string> {
  if (!('subtle' in crypto)) return ''
  return hex(await crypto.subtle.digest('SHA-256', await data.arrayBuffer()))
}

/** Knows a file again without reading all of it: its size, its date and both of its ends. */
export async function fingerprint(file: File): Promise<string> {
  const ends = new Blob([file.slice(0, sample), file.slice(Math.max(0, file.size - sample)), `${file.size}`])
  return (await sha256(ends)) || `${file.size}-${file.lastModified}`
}

/** The digest of a whole file, block by block and apart from the page's own thread; '' where the browser has none, or where
 *  `goes` says that nobody wants to know any more. */
export async function digest(file: Blob, goes: (read: number) => boolean): Promise<string> {
  if (!('subtle' in crypto)) return ''
  const sums: ArrayBuffer[] = []
  for (let at = 0; at < file.size; at += block) {
    if (!goes(at)) return ''
    sums.push(await crypto.subtle.digest('SHA-256', await file.slice(at, at + block).arrayBuffer()))
  }
  return sha256(new Blob(sums))
}

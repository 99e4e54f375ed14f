export function europe(project: (lon: number, lat: number) => [number, number], inFrame: (at: readonly [number, number]) => boolean): unknown

import type { Picture } from './picture.ts'

const SHARPNESS = 2
/** Browsers refuse larger canvases; a bigger flow is drawn smaller. */
const MAX_SIDE_PX = 8_000
const MAX_AREA_PX = 40_000_000

/** How many pixels of the picture one unit of the drawing takes. */
export function pixelsPerUnit(width: number, height: number): number {
  return Math.min(
    SHARPNESS,
    MAX_SIDE_PX / width,
    MAX_SIDE_PX / height,
    Math.sqrt(MAX_AREA_PX / (width * height)),
  )
}

export async function pngOf({ svg, width, height }: Picture): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const scale = pixelsPerUnit(width, height)
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(width * scale))
    canvas.height = Math.max(1, Math.round(height * scale))
    const context = canvas.getContext('2d')
    if (!context) throw new Error('this browser has no 2D canvas')
    context.drawImage(image, 0, 0, canvas.width, canvas.height)
    return await new Promise<Blob>((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('the browser made no PNG of it')))),
    )
  } finally {
    URL.revokeObjectURL(url)
  }
}

/** Comparisons that take as long for a wrong guess as for a right one. Called where a delivery is proven. Must never say how wrong a guess was. */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** Both are digested first, so that not even the length can be measured. */
export function isSameText(left: string, right: string): boolean {
  const key = 'compare'
  return timingSafeEqual(
    createHmac('sha256', key).update(left).digest(),
    createHmac('sha256', key).update(right).digest(),
  )
}

/**
 * Ends a test run with what was left out, how to include it, and the line `N passed, N failed`.
 * With REQUIRE_ALL=1 nothing may be left out: every skipped test counts as failed.
 */
import type { Reporter, SerializedError, TestModule, TestSuite } from 'vitest/node'

interface Skipped {
  what: string
  tests: number
}

export default class Summary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]) {
    const requireAll = process.env.REQUIRE_ALL === '1'
    const skipped = modules.flatMap(skippedParts)
    const left = skipped.reduce((sum, part) => sum + part.tests, 0)
    let passed = 0
    let failed = unhandled.length + (requireAll ? left : 0)
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      passed += tests.filter((test) => test.result().state === 'passed').length
      const failures = tests.filter((test) => test.result().state === 'failed').length
      // A file that could not be loaded, or a hook that threw, fails without a failed test.
      failed += module.state() === 'failed' ? Math.max(failures, 1) : failures
    }

    const lines = skipped.map(
      (part) => `  ${part.what}: ${part.tests} ${part.tests === 1 ? 'test' : 'tests'}`,
    )
    if (lines.length > 0) {
      const meaning = requireAll
        ? 'counted as failed, because of REQUIRE_ALL=1'
        : 'REQUIRE_ALL=1 makes this a failure'
      lines.unshift(`Skipped (${meaning}):`)
    }
    if (passed + failed === 0) failed = 1
    if (failed > 0) process.exitCode = 1
    process.stdout.write(['', ...lines, `${passed} passed, ${failed} failed`, ''].join('\n'))
  }
}

/** The outermost suites that were skipped whole, and the tests skipped one by one. */
function skippedParts(parent: TestModule | TestSuite): Skipped[] {
  return [...parent.children].flatMap((child): Skipped[] => {
    if (child.type === 'test') {
      const result = child.result()
      if (result.state !== 'skipped') return []
      return [{ what: result.note ? `${child.fullName} (${result.note})` : child.fullName, tests: 1 }]
    }
    const tests = [...child.children.allTests()]
    const whole = tests.length > 0 && tests.every((test) => test.result().state === 'skipped')
    return whole && child.state() === 'skipped'
      ? [{ what: child.fullName, tests: tests.length }]
      : skippedParts(child)
  })
}

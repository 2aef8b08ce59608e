interface Body {
  result?: { data: unknown }
  error?: { data: { failure: { code: string } } }
  failure?: { code: string }
}

/** What a procedure answered; throws where it refused. `T`: what the test takes it for. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- a cast, said once for every test
export function dataOf<T = unknown>({ status, body }: { status: number; body: unknown }): T {
  const { result } = body as Body
  if (!result) throw new Error(`${status}: ${JSON.stringify(body)}`)
  return result.data as T
}

/** Status and code of a refusal, inside or outside of tRPC's envelope. */
export function refusalOf({ status, body }: { status: number; body: unknown }): [number, string] {
  const { error, failure } = body as Body
  return [status, error?.data.failure.code ?? failure?.code ?? 'none']
}

import { NO_USAGE, type RunEventBody } from '#graph'

export const said = (message: string): RunEventBody => ({
  type: 'step.progress',
  stepId: 's',
  nodeId: 'write',
  path: '',
  label: 's',
  attempt: 1,
  message,
})

export const finished: RunEventBody = {
  type: 'run.finished',
  status: 'succeeded',
  failure: null,
  usage: NO_USAGE,
}

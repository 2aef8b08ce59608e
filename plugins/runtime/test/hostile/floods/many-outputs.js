// must: fails sandbox.message_too_large
export default () => Array.from({ length: 200_000 }, (_, index) => ({ index, text: 'xxxxxxxxxxxxxxxxxxxx' }))

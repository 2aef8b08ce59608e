// must: fails plugin.invalid
import secrets from '/etc/passwd'
export default () => secrets

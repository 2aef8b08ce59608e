import type { PriceStore } from '#access'
import { appendAudit } from './audit-chain.ts'
import type { OrganisationTx, WithOrganisation } from './tenancy.ts'

export function createPriceStore(withOrganisation: WithOrganisation): PriceStore {
  return {
    list: (organisationId) => withOrganisation(organisationId, pricesIn),

    set: (acting, prices) =>
      withOrganisation(acting.organisationId, async (tx) => {
        const { organisationId } = acting
        const before = await pricesIn(tx)
        await tx.modelPrice.deleteMany()
        await tx.modelPrice.createMany({
          data: prices.map((price, position) => ({ ...price, organisationId, position })),
        })
        await appendAudit(tx, acting, {
          action: 'prices.set',
          target: { kind: 'prices', id: organisationId },
          outcome: 'done',
          before: { prices: before.map((price) => ({ ...price })) },
          after: { prices: prices.map((price) => ({ ...price })) },
        })
        return prices
      }),
  }
}

async function pricesIn(tx: OrganisationTx) {
  const rows = await tx.modelPrice.findMany({ orderBy: { position: 'asc' } })
  return rows.map(({ pattern, inputMicros, outputMicros }) => ({
    pattern,
    inputMicros: Number(inputMicros),
    outputMicros: Number(outputMicros),
  }))
}

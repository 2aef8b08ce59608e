-- What was sent back says to whom.

-- AlterTable
ALTER TABLE "approval_decisions" ADD COLUMN     "sent_to" TEXT;

DROP INDEX "operation_items_state";--> statement-breakpoint
-- Room for the next state of each row beside it; takes effect on pages that are written from now on.
ALTER TABLE "operation_items" SET (fillfactor = 50);

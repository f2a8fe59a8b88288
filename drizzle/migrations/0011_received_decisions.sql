CREATE TABLE "received_decisions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"hold_id" uuid NOT NULL,
	"copy_key" text NOT NULL,
	"decision" text NOT NULL,
	"reason" text NOT NULL,
	"reference" text NOT NULL,
	"by" text NOT NULL,
	"by_user" uuid,
	"at" timestamp with time zone NOT NULL,
	"act_id" uuid NOT NULL,
	"superseded_at" timestamp with time zone,
	"seen_at" timestamp with time zone NOT NULL,
	"message_id" text NOT NULL,
	"case_label" text NOT NULL,
	"payer_id" text NOT NULL,
	"facility_id" text NOT NULL,
	"amount" text NOT NULL,
	"currency" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "holds" ADD COLUMN "undecided" integer;--> statement-breakpoint
CREATE UNIQUE INDEX "received_decisions_current" ON "received_decisions" USING btree ("hold_id","copy_key") WHERE "received_decisions"."superseded_at" is null;--> statement-breakpoint
CREATE INDEX "received_decisions_seen" ON "received_decisions" USING btree ("hold_id","seen_at");
CREATE TABLE "operation_steps" (
	"operation_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"hop_id" text NOT NULL,
	"source_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"method" text NOT NULL,
	"hold_id" uuid NOT NULL,
	"state" text NOT NULL,
	"sentence" text NOT NULL,
	"problem" text,
	"record" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"started_at" timestamp with time zone,
	"carried_out_at" timestamp with time zone,
	"settled_at" timestamp with time zone,
	CONSTRAINT "operation_steps_operation_id_position_pk" PRIMARY KEY("operation_id","position")
);
--> statement-breakpoint
ALTER TABLE "operation_steps" ADD CONSTRAINT "operation_steps_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "operation_steps_channel" ON "operation_steps" USING btree ("operation_id","channel_id");--> statement-breakpoint
CREATE INDEX "operation_steps_hold" ON "operation_steps" USING btree ("hold_id");
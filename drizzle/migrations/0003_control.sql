CREATE TABLE "audit_anchors" (
	"id" uuid PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"hash" text NOT NULL,
	"sink" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"error" text
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"actor_user" uuid,
	"grants" jsonb NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"flow_id" text,
	"outcome" text NOT NULL,
	"reason" text,
	"ticket" text,
	"plan_hash" text,
	"before" jsonb,
	"after" jsonb,
	"previous_hash" text NOT NULL,
	"hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "channel_locks" (
	"channel_id" text PRIMARY KEY NOT NULL,
	"operation_id" uuid NOT NULL,
	"taken_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "gate_polls" (
	"flow_id" text NOT NULL,
	"client" text NOT NULL,
	"etag" text NOT NULL,
	"times" integer NOT NULL,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	CONSTRAINT "gate_polls_flow_id_client_pk" PRIMARY KEY("flow_id","client")
);
--> statement-breakpoint
CREATE TABLE "holds" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"flow_id" text NOT NULL,
	"hop_id" text NOT NULL,
	"source_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"method" text NOT NULL,
	"state" text NOT NULL,
	"observation" text NOT NULL,
	"figures" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"outside_acts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"record" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"budget" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"native_commands" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"opened_by" uuid NOT NULL,
	"closed_by" uuid,
	"owner" text NOT NULL,
	"owner_user" uuid,
	"review_by" timestamp with time zone NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"held_at" timestamp with time zone,
	"verified_at" timestamp with time zone,
	"over_at" timestamp with time zone,
	"reasserted" integer DEFAULT 0 NOT NULL,
	"canary" jsonb DEFAULT '{}'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operation_events" (
	"id" uuid PRIMARY KEY NOT NULL,
	"operation_id" uuid,
	"hold_id" uuid,
	"at" timestamp with time zone NOT NULL,
	"by" text NOT NULL,
	"kind" text NOT NULL,
	"sentence" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operation_items" (
	"operation_id" uuid NOT NULL,
	"item_key" text NOT NULL,
	"position" integer NOT NULL,
	"state" text NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"instead" text DEFAULT '' NOT NULL,
	"message_id" text DEFAULT '' NOT NULL,
	"case_token" text DEFAULT '' NOT NULL,
	"case_label" text DEFAULT '' NOT NULL,
	"facility_id" text DEFAULT '' NOT NULL,
	"payer_id" text DEFAULT '' NOT NULL,
	"amount" text DEFAULT '' NOT NULL,
	"currency" text DEFAULT '' NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"failed_at" timestamp with time zone,
	"sent_at" timestamp with time zone,
	"settled_at" timestamp with time zone,
	CONSTRAINT "operation_items_operation_id_item_key_pk" PRIMARY KEY("operation_id","item_key")
);
--> statement-breakpoint
CREATE TABLE "operations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"flow_id" text NOT NULL,
	"hop_id" text NOT NULL,
	"source_id" text NOT NULL,
	"channel_id" text NOT NULL,
	"method" text,
	"hold_id" uuid,
	"state" text NOT NULL,
	"summary" text NOT NULL,
	"request" jsonb NOT NULL,
	"plan" jsonb,
	"plan_hash" text,
	"planned_at" timestamp with time zone,
	"reason" text,
	"ticket" text,
	"requested_by" text NOT NULL,
	"requested_by_user" uuid,
	"requested_at" timestamp with time zone NOT NULL,
	"confirmed_at" timestamp with time zone,
	"approved_by" text,
	"approved_by_user" uuid,
	"approved_at" timestamp with time zone,
	"approval_expires_at" timestamp with time zone,
	"emergency" boolean DEFAULT false NOT NULL,
	"reviewed_by" text,
	"reviewed_at" timestamp with time zone,
	"start_at" timestamp with time zone,
	"stop_requested_by" text,
	"stop_requested_at" timestamp with time zone,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"record" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"progress" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"owner" text NOT NULL,
	"fence" bigint DEFAULT 0 NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "channel_locks" ADD CONSTRAINT "channel_locks_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "holds" ADD CONSTRAINT "holds_opened_by_operations_id_fk" FOREIGN KEY ("opened_by") REFERENCES "public"."operations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operation_events" ADD CONSTRAINT "operation_events_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "operation_items" ADD CONSTRAINT "operation_items_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "public"."operations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "audit_events_id" ON "audit_events" USING btree ("id");--> statement-breakpoint
CREATE INDEX "audit_events_at" ON "audit_events" USING btree ("at");--> statement-breakpoint
CREATE INDEX "audit_events_subject" ON "audit_events" USING btree ("subject");--> statement-breakpoint
CREATE INDEX "audit_events_actor" ON "audit_events" USING btree ("actor","at");--> statement-breakpoint
CREATE INDEX "audit_events_flow" ON "audit_events" USING btree ("flow_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "holds_one_per_channel" ON "holds" USING btree ("channel_id") WHERE "holds"."state" not in ('released', 'restored');--> statement-breakpoint
CREATE INDEX "holds_flow" ON "holds" USING btree ("flow_id","requested_at");--> statement-breakpoint
CREATE INDEX "operation_events_operation" ON "operation_events" USING btree ("operation_id","at");--> statement-breakpoint
CREATE INDEX "operation_events_hold" ON "operation_events" USING btree ("hold_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "operation_items_order" ON "operation_items" USING btree ("operation_id","position");--> statement-breakpoint
CREATE INDEX "operation_items_state" ON "operation_items" USING btree ("operation_id","state");--> statement-breakpoint
CREATE INDEX "operation_items_key" ON "operation_items" USING btree ("item_key");--> statement-breakpoint
CREATE INDEX "operations_open" ON "operations" USING btree ("state") WHERE "operations"."state" not in ('done', 'partly-done', 'failed', 'aborted');--> statement-breakpoint
CREATE INDEX "operations_flow" ON "operations" USING btree ("flow_id","requested_at");--> statement-breakpoint
CREATE INDEX "operations_requested" ON "operations" USING btree ("requested_at","id");
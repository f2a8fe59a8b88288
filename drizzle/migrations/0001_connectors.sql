CREATE TABLE "console_documents" (
	"kind" text NOT NULL,
	"document_id" text NOT NULL,
	"yaml" text NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"updated_by" text NOT NULL,
	"updated_at" timestamp with time zone NOT NULL,
	CONSTRAINT "console_documents_kind_document_id_pk" PRIMARY KEY("kind","document_id")
);
--> statement-breakpoint
CREATE TABLE "source_connections" (
	"source_id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"system" text NOT NULL,
	"system_name" text NOT NULL,
	"kind" text NOT NULL,
	"match" jsonb NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"settings" jsonb NOT NULL,
	"observe_secret" text,
	"lever_secret" text,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_by" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"updated_by" text NOT NULL,
	"updated_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "source_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"kind" text NOT NULL,
	"candidate" jsonb,
	"state" text DEFAULT 'waiting' NOT NULL,
	"requested_by" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"claimed_by" text,
	"claimed_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"answer" jsonb,
	"error" text
);
--> statement-breakpoint
CREATE INDEX "source_requests_waiting" ON "source_requests" USING btree ("requested_at") WHERE "source_requests"."state" in ('waiting', 'running');--> statement-breakpoint
CREATE INDEX "source_requests_source" ON "source_requests" USING btree ("source_id","kind","requested_at");
CREATE TABLE "device_requests" (
	"id" uuid PRIMARY KEY NOT NULL,
	"device_hash" text NOT NULL,
	"user_hash" text NOT NULL,
	"act" text NOT NULL,
	"operation_id" uuid NOT NULL,
	"plan_hash" text NOT NULL,
	"words" text,
	"requested_by" text NOT NULL,
	"requested_from" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"decided_by" text,
	"decided_by_user" uuid,
	"decided_at" timestamp with time zone,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE UNIQUE INDEX "device_requests_device" ON "device_requests" USING btree ("device_hash");--> statement-breakpoint
CREATE UNIQUE INDEX "device_requests_user" ON "device_requests" USING btree ("user_hash") WHERE "device_requests"."state" = 'waiting';--> statement-breakpoint
CREATE INDEX "device_requests_operation" ON "device_requests" USING btree ("operation_id","requested_at");--> statement-breakpoint
CREATE INDEX "device_requests_requested" ON "device_requests" USING btree ("requested_at");
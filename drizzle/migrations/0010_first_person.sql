ALTER TABLE "operations" ADD COLUMN "first_by" text;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "first_by_user" uuid;--> statement-breakpoint
ALTER TABLE "operations" ADD COLUMN "stand_behind" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "device_requests" ADD COLUMN "ticket" text;--> statement-breakpoint
UPDATE "operations" SET "first_by" = "requested_by", "first_by_user" = "requested_by_user" WHERE "confirmed_at" IS NOT NULL AND "requested_by_user" IS NOT NULL;

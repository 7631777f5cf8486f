"""What people are told: owed in the same transaction as the act, shown in the product, mailed by a job, never lost."""

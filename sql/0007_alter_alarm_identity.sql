-- A meter that shows another number than its definition: two were swapped, or one was replaced without a word.
ALTER TABLE alarm
  MODIFY kind ENUM('meter_lost','bus_lost','implausible','model_mismatch','bus_noise','identity_mismatch') NOT NULL;

-- Numbers of Vietnam whose leading 0 a spreadsheet took have the key of the number with it (`domain::phone::matching_key`).
UPDATE contacts
SET search = SUBSTR(search, 1, LENGTH(search) - LENGTH(phone_key)) || '0' || phone_key,
    phone_key = '0' || phone_key
WHERE LENGTH(phone_key) = 9
  AND SUBSTR(phone_key, 1, 1) IN ('3', '5', '7', '8', '9')
  AND phone NOT LIKE '%+%';
